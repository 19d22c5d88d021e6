import { type FailureReason, ProbeError } from '../../core/errors.ts';
import { failureCodeOf, isNotThere } from '../failure-code.ts';

interface Explanation {
  readonly reason: FailureReason;
  readonly userMessage: string;
  readonly mend?: string;
}

/** Whom Redis refused, and what that user has to be allowed. */
interface Refused {
  readonly user: string;
  readonly grant: string;
}

/** Redis answers errors as `CODE text`; these are the ones that people can act on. */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  WRONGPASS: {
    reason: 'unauthorized',
    userMessage: 'Redis refused the password.',
    mend: 'Set the right user and password in the redis URL of this service in services.yaml (or its variable).',
  },
  NOAUTH: {
    reason: 'unauthorized',
    userMessage: 'Redis wants a password and the redis URL has none.',
    mend: 'Write the redis URL of this service as redis://user:password@host:6379 (user may be empty).',
  },
  LOADING: {
    reason: 'unreachable',
    userMessage: 'Redis is still loading its data.',
    mend: 'Wait until it has loaded; INFO persistence shows how far it is.',
  },
  MASTERDOWN: { reason: 'unreachable', userMessage: 'This Redis replica has lost its master.' },
  BUSY: {
    reason: 'overloaded',
    userMessage: 'Redis is busy running a script and answers nobody.',
    mend: 'SCRIPT KILL ends the script if it has not written anything yet.',
  },
};

/** Turns whatever `ioredis` throws into a `ProbeError`. It never repeats the driver's own text. */
export function toRedisProbeError(error: unknown, refused: Refused): ProbeError {
  if (error instanceof ProbeError) return error;
  const text = error instanceof Error ? error.message : '';
  const code = failureCodeOf(error) || (/^-?([A-Z]{3,})\b/.exec(text)?.[1] ?? '');
  const { reason, userMessage, mend } = explain(code, text, refused);
  return new ProbeError(reason, `Redis probe failed: ${code || 'no code'}`, {
    userMessage,
    ...(mend !== undefined && { mend }),
  });
}

function explain(code: string, text: string, { user, grant }: Refused): Explanation {
  const known = BY_CODE[code];
  if (known) return known;
  if (code === 'NOPERM') {
    return {
      reason: 'permission',
      userMessage: "perfbot's Redis user may not run the commands that it reads with (no permission).",
      mend: `ACL SETUSER ${user || 'default'} ${grant}`,
    };
  }
  if (/unknown (sub)?command/i.test(text)) {
    return {
      reason: 'unsupported',
      userMessage: 'This Redis does not have one of the commands that were asked for, or it was renamed.',
    };
  }
  if (/max number of clients/i.test(text)) {
    return {
      reason: 'overloaded',
      userMessage: 'Redis has no connection left: maxclients is reached.',
      mend: 'End idle clients (CLIENT LIST, CLIENT KILL) or raise it: CONFIG SET maxclients <n>.',
    };
  }
  if (/without any password configured/i.test(text)) {
    return {
      reason: 'unauthorized',
      userMessage: 'The redis URL has a password but Redis has none set.',
      mend: 'Take the password out of the redis URL of this service, or set one in Redis.',
    };
  }
  return explainConnection(code, text);
}

function explainConnection(code: string, text: string): Explanation {
  if (isNotThere(code)) {
    return {
      reason: 'unreachable',
      userMessage: `Redis cannot be reached (${code}).`,
      mend: 'Check that the server runs and that host and port in the redis URL are right from where perfbot runs.',
    };
  }
  if (code === 'ETIMEDOUT' || /timed out|timeout/i.test(text)) {
    return {
      reason: 'timeout',
      userMessage: 'Redis did not answer in time.',
      mend: 'Check the network, whether a long command blocks Redis (redis.slowlog), and that the server offers TLS if the URL says rediss://.',
    };
  }
  if (/CERT|SSL|TLS/.test(code) || /certificate|SSL|TLS/i.test(text)) {
    return {
      reason: 'not_configured',
      userMessage: 'No encrypted connection to Redis could be agreed on.',
      mend: 'Use rediss:// where the server offers TLS and redis:// where it does not.',
    };
  }
  if (code === 'ECONNRESET' || /connection is closed|writeable|ECONNRESET|EPIPE/i.test(text)) {
    return {
      reason: 'unreachable',
      userMessage: 'Redis closed the connection.',
      mend: 'Check that it still runs, and that the scheme fits: rediss:// for TLS, redis:// without.',
    };
  }
  return { reason: 'internal', userMessage: `Redis answered with an error (${code || 'unknown'}).` };
}
