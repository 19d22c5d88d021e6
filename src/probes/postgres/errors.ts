import { type FailureReason, ProbeError } from '../../core/errors.ts';
import { failureCodeOf, isNotThere } from '../failure-code.ts';

interface Explanation {
  readonly reason: FailureReason;
  readonly userMessage: string;
  readonly mend?: string;
}

/** PostgreSQL's own codes (documentation, appendix "PostgreSQL Error Codes") that people can act on. */
const BY_SQLSTATE: Readonly<Record<string, Explanation>> = {
  '28P01': {
    reason: 'unauthorized',
    userMessage: 'PostgreSQL refused the password.',
    mend: 'Set the right user and password in the postgres URL of this service in services.yaml (or its variable).',
  },
  '28000': {
    reason: 'unauthorized',
    userMessage: 'PostgreSQL does not let this user in from here.',
    mend: 'Check that the role exists with LOGIN, and that pg_hba.conf has a line for it and for this address.',
  },
  '3D000': {
    reason: 'not_found',
    userMessage: 'The database that the postgres URL names does not exist.',
    mend: 'Correct the database name at the end of the postgres URL of this service.',
  },
  '53300': {
    reason: 'overloaded',
    userMessage: 'PostgreSQL has no connection left: the limit is reached.',
    mend: "Free connections (SELECT pg_terminate_backend(pid) for idle ones), or on 16+ set reserved_connections and GRANT pg_use_reserved_connections to perfbot's role.",
  },
  '57P03': {
    reason: 'unreachable',
    userMessage: 'PostgreSQL is starting up or shutting down.',
    mend: 'Wait until it is up; its log says what it is doing.',
  },
  '57014': {
    reason: 'timeout',
    userMessage: 'PostgreSQL did not answer a monitoring query within 5 s; the query was cancelled.',
    mend: 'Run it again when the database is less busy.',
  },
  '55P03': {
    reason: 'timeout',
    userMessage: 'A monitoring query met a lock and gave up after 0.5 s.',
    mend: 'Run the postgres.locks probe: it shows who holds the lock.',
  },
  '42501': {
    reason: 'permission',
    userMessage: "perfbot's database role may not read the statistics.",
    mend: "GRANT pg_monitor TO perfbot's role;",
  },
  '42P01': {
    reason: 'not_configured',
    userMessage: 'The extension pg_stat_statements is not installed in this database.',
    mend: 'CREATE EXTENSION pg_stat_statements;',
  },
  '55000': {
    reason: 'not_configured',
    userMessage: 'pg_stat_statements is installed but not loaded.',
    mend: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; then restart PostgreSQL.",
  },
};

/** Turns whatever `pg` throws into a `ProbeError`. It never repeats the driver's own text, which may hold an address. */
export function toPostgresProbeError(error: unknown): ProbeError {
  if (error instanceof ProbeError) return error;
  const code = failureCodeOf(error);
  const { reason, userMessage, mend } = BY_SQLSTATE[code] ?? explainConnection(error, code);
  return new ProbeError(reason, `PostgreSQL probe failed: ${code || 'no code'}`, {
    userMessage,
    cause: code,
    ...(mend !== undefined && { mend }),
  });
}

/** PostgreSQL's code for what went wrong, `42501`; undefined when it was not PostgreSQL that refused. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof ProbeError ? error.cause : failureCodeOf(error);
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True when the connection itself is gone, so that a new one may succeed. */
export function isConnectionLoss(error: unknown): boolean {
  const code = failureCodeOf(error);
  if (/^(ECONNRESET|EPIPE|57P01|57P02|57P05|08\w{3})$/.test(code)) return true;
  return (
    error instanceof Error && /connection terminated|not queryable|closed the connection/i.test(error.message)
  );
}

function explainConnection(error: unknown, code: string): Explanation {
  const text = error instanceof Error ? error.message : '';
  if (isNotThere(code)) {
    return {
      reason: 'unreachable',
      userMessage: `PostgreSQL cannot be reached (${code}).`,
      mend: 'Check that the server runs and that host and port in the postgres URL are right from where perfbot runs.',
    };
  }
  if (code === 'ETIMEDOUT' || /timeout/i.test(text)) {
    return {
      reason: 'timeout',
      userMessage: 'PostgreSQL did not answer in time.',
      mend: 'Check the network between perfbot and the server.',
    };
  }
  if (/SSL|TLS|certificate/i.test(text) || /CERT|SSL|TLS/.test(code)) {
    return {
      reason: 'not_configured',
      userMessage: 'No encrypted connection to PostgreSQL could be agreed on.',
      mend: 'Set sslmode in the postgres URL to what the server offers (disable, require or verify-full), with sslrootcert for an own CA.',
    };
  }
  if (isConnectionLoss(error)) {
    return {
      reason: 'unreachable',
      userMessage: 'PostgreSQL closed the connection.',
      mend: "Look at the server's log: it restarted or ended the session.",
    };
  }
  return { reason: 'internal', userMessage: `PostgreSQL answered with an error (${code || 'unknown'}).` };
}
