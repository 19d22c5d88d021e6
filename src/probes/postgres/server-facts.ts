import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap } from '../../core/evidence.ts';
import type { Query } from './connection.ts';

const OLDEST_VERSION = 130_000;

export const ServerFacts = z.object({
  /** As `server_version_num`: 150004 is 15.4. */
  version: z.number(),
  /** Version for people. */
  release: z.string(),
  database: z.string(),
  /** Role that perfbot came in as, quoted for SQL. */
  role: z.string(),
  /** True: no right of the server limits perfbot, only its own care does. */
  superuser: z.boolean(),
  /** Client sessions that may be open at once, those that are reserved for superusers left out. */
  connections_limit: z.number(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

const SQL = `
  SELECT /* perfbot */ current_setting('server_version_num')::int AS version,
    current_setting('server_version') AS release,
    current_database()::text AS database,
    quote_ident(current_user) AS role,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true), '0')::int AS connections_limit`;

/**
 * What kind of server answers.
 * @throws ProbeError `unsupported` below PostgreSQL 13.
 */
export async function readServerFacts(query: Query): Promise<ServerFacts> {
  const [facts] = await query(ServerFacts, SQL);
  if (facts === undefined || facts.version < OLDEST_VERSION) {
    throw new ProbeError('unsupported', 'PostgreSQL older than 13', {
      userMessage: `PostgreSQL ${facts?.release ?? ''} is older than 13 and not supported.`,
      mend: 'Upgrade the server to a supported release (13 or newer).',
    });
  }
  return facts;
}

/** The gap of a role that sees only its own sessions and statements. */
export function permissionGap(what: string, { role }: ServerFacts): Gap {
  return {
    what,
    reason: `The role ${role} may not see the sessions and statements of other roles (no permission).`,
    mend: `GRANT pg_monitor TO ${role};`,
  };
}
