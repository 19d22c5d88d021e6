import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Query } from './connection.ts';

const Ages = z.object({
  database: z.string(),
  age: z.number(),
  multixact_age: z.number(),
  freeze_max_age: z.number(),
  multixact_freeze_max_age: z.number(),
});
export type Ages = z.infer<typeof Ages>;

const AGES = `
  SELECT /* perfbot */ datname::text AS database, age(datfrozenxid)::float8 AS age, mxid_age(datminmxid)::float8 AS multixact_age,
    current_setting('autovacuum_freeze_max_age')::float8 AS freeze_max_age,
    current_setting('autovacuum_multixact_freeze_max_age')::float8 AS multixact_freeze_max_age
  FROM pg_database WHERE datallowconn ORDER BY age(datfrozenxid) DESC LIMIT 1`;

const OldTable = z.object({ table: z.string(), age: z.number(), pages: z.number() });
export type OldTable = z.infer<typeof OldTable>;

const OLD_TABLES = `
  SELECT /* perfbot */ c.oid::regclass::text AS "table", age(c.relfrozenxid)::float8 AS age, c.relpages::float8 AS pages
  FROM pg_class c WHERE c.relkind IN ('r', 'm', 't') AND c.relfrozenxid <> '0'
  ORDER BY age(c.relfrozenxid) DESC, c.relpages DESC LIMIT $1`;

const Checkpoints = z.object({
  timed: z.number(),
  requested: z.number(),
  backend_fsyncs: z.number().nullable(),
  age_ms: z.number().nullable(),
  reset: z.string().nullable(),
});

/** The view was split in 17; the fsyncs of sessions then are in pg_stat_io, which counts WAL as well from 18 on. */
function checkpointsSql(version: number): string {
  const age =
    'extract(epoch FROM clock_timestamp() - stats_reset)::float8 * 1000 AS age_ms, stats_reset::text AS reset';
  return version >= 170_000
    ? `SELECT /* perfbot */ num_timed::float8 AS timed, num_requested::float8 AS requested, ${age},
        (SELECT sum(fsyncs)::float8 FROM pg_stat_io WHERE backend_type = 'client backend' AND object = 'relation') AS backend_fsyncs
       FROM pg_stat_checkpointer`
    : `SELECT /* perfbot */ checkpoints_timed::float8 AS timed, checkpoints_req::float8 AS requested, ${age},
        buffers_backend_fsync::float8 AS backend_fsyncs FROM pg_stat_bgwriter`;
}

const Wal = z.object({
  in_recovery: z.boolean(),
  position: z.number().nullable(),
  max_wal_size_bytes: z.number(),
  checkpoint_timeout_ms: z.number(),
  completion_ratio: z.number(),
});

const WAL = `
  SELECT /* perfbot */ pg_is_in_recovery() AS in_recovery,
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 END AS position,
    pg_size_bytes(current_setting('max_wal_size'))::float8 AS max_wal_size_bytes,
    extract(epoch FROM current_setting('checkpoint_timeout')::interval)::float8 * 1000 AS checkpoint_timeout_ms,
    current_setting('checkpoint_completion_target')::float8 AS completion_ratio`;

const Temporary = z.object({ files: z.number(), bytes: z.number(), age_ms: z.number() });

const TEMPORARY = `
  SELECT /* perfbot */ temp_files::float8 AS files, temp_bytes::float8 AS bytes,
    extract(epoch FROM clock_timestamp() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 * 1000 AS age_ms
  FROM pg_stat_database WHERE datname = current_database()`;

export interface MaintenanceSample {
  readonly at: number;
  readonly checkpoints: z.infer<typeof Checkpoints>;
  readonly wal: z.infer<typeof Wal>;
}

/** Checkpoints and the position in the write-ahead log at one moment. */
export async function readMaintenance(query: Query, version: number, at: number): Promise<MaintenanceSample> {
  const [checkpoints] = await query(Checkpoints, checkpointsSql(version));
  const [wal] = await query(Wal, WAL);
  if (checkpoints && wal) return { at, checkpoints, wal };
  throw new ProbeError('invalid_response', 'a view of one row has no row', {
    userMessage: 'PostgreSQL keeps no statistics about checkpoints.',
  });
}

/** How old the oldest transaction ids are, in the worst database and in the worst tables of this one. */
export async function readAges(
  query: Query,
  tables: number,
): Promise<{ readonly worst: Ages | undefined; readonly tables: readonly OldTable[] }> {
  const [worst] = await query(Ages, AGES);
  return { worst, tables: await query(OldTable, OLD_TABLES, [tables]) };
}

/** Temporary files of this database since its counters began. */
export async function readTemporaryFiles(query: Query): Promise<z.infer<typeof Temporary> | undefined> {
  const [temporary] = await query(Temporary, TEMPORARY);
  return temporary;
}
