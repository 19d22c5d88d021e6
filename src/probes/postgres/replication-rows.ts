import { z } from 'zod';
import type { Query } from './connection.ts';

export const Standby = z.object({
  pid: z.number(),
  name: z.string().nullable(),
  address: z.string().nullable(),
  state: z.string().nullable(),
  sync: z.string().nullable(),
  lag_bytes: z.number().nullable(),
  lag_ms: z.number().nullable(),
});
export type Standby = z.infer<typeof Standby>;

/** The end of the log: of what was written here, or on a standby of what came in. */
const END = `CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END`;

const STANDBYS = `
  SELECT /* perfbot */ pid, application_name AS name, host(client_addr) AS address, state, sync_state AS sync,
    pg_wal_lsn_diff(${END}, replay_lsn)::float8 AS lag_bytes, extract(epoch FROM replay_lag)::float8 * 1000 AS lag_ms
  FROM pg_stat_replication ORDER BY 6 DESC NULLS LAST`;

export const Slot = z.object({
  slot: z.string(),
  kind: z.string(),
  active: z.boolean(),
  retained_bytes: z.number().nullable(),
  status: z.string().nullable(),
});
export type Slot = z.infer<typeof Slot>;

const SLOTS = `
  SELECT /* perfbot */ slot_name::text AS slot, slot_type AS kind, active,
    pg_wal_lsn_diff(${END}, restart_lsn)::float8 AS retained_bytes, wal_status AS status
  FROM pg_replication_slots ORDER BY 4 DESC NULLS LAST`;

export const Holder = z.object({
  kind: z.enum(['session', 'prepared transaction', 'slot', 'standby']),
  name: z.string(),
  /** How many transactions began since the oldest one that it may still see. */
  age: z.number(),
  held_ms: z.number().nullable(),
  detail: z.string().nullable(),
});
export type Holder = z.infer<typeof Holder>;

const HOLDERS = `
  SELECT /* perfbot */ * FROM (
    SELECT 'session' AS kind, pid::text AS name, greatest(age(backend_xmin), age(backend_xid))::float8 AS age,
      extract(epoch FROM clock_timestamp() - xact_start)::float8 * 1000 AS held_ms,
      concat_ws(', ', nullif(application_name, ''), state) AS detail
    FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND coalesce(backend_xmin, backend_xid) IS NOT NULL
      AND application_name IS DISTINCT FROM 'perfbot' AND backend_type IS DISTINCT FROM 'walsender'
    UNION ALL
    SELECT 'prepared transaction', gid, age(transaction)::float8,
      extract(epoch FROM clock_timestamp() - prepared)::float8 * 1000, concat_ws(', ', owner, database) FROM pg_prepared_xacts
    UNION ALL
    SELECT 'slot', slot_name::text, greatest(age(xmin), age(catalog_xmin))::float8, NULL,
      CASE WHEN active THEN 'in use' ELSE 'not in use' END
    FROM pg_replication_slots WHERE coalesce(xmin, catalog_xmin) IS NOT NULL
    UNION ALL
    SELECT 'standby', coalesce(nullif(application_name, ''), pid::text), age(backend_xmin)::float8, NULL, state
    FROM pg_stat_replication WHERE backend_xmin IS NOT NULL
  ) holders WHERE age IS NOT NULL ORDER BY age DESC LIMIT $1`;

const Self = z.object({ in_recovery: z.boolean(), behind_ms: z.number().nullable() });

// A standby that has applied all that came in is not behind, however long nothing came.
const SELF = `
  SELECT /* perfbot */ pg_is_in_recovery() AS in_recovery,
    CASE WHEN NOT pg_is_in_recovery() THEN NULL
      WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 * 1000 END AS behind_ms`;

/** Everything about copies of this server, and about what keeps VACUUM from removing rows. */
export async function readReplication(query: Query, holders: number) {
  return {
    standbys: await query(Standby, STANDBYS),
    slots: await query(Slot, SLOTS),
    holders: await query(Holder, HOLDERS, [holders]),
    self: (await query(Self, SELF))[0],
  };
}
