import { z } from 'zod';
import type { Query } from './connection.ts';

const Counters = z.object({
  oid: z.string(),
  table: z.string(),
  seq_scans: z.number(),
  seq_rows: z.number(),
  index_scans: z.number(),
  live_rows: z.number(),
  dead_rows: z.number(),
  modified: z.number(),
  rows_estimate: z.number(),
  autovacuum: z.boolean(),
});
export type TableCounters = z.infer<typeof Counters>;

// The functions beneath pg_stat_user_tables, by oid: the view would join all indexes, and names break on mixed case.
const TABLES = `
  SELECT /* perfbot */ c.oid::text, c.oid::regclass::text AS "table",
    pg_stat_get_numscans(c.oid)::float8 AS seq_scans, pg_stat_get_tuples_returned(c.oid)::float8 AS seq_rows,
    coalesce((SELECT sum(pg_stat_get_numscans(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid), 0)::float8 AS index_scans,
    pg_stat_get_live_tuples(c.oid)::float8 AS live_rows, pg_stat_get_dead_tuples(c.oid)::float8 AS dead_rows,
    pg_stat_get_mod_since_analyze(c.oid)::float8 AS modified,
    greatest(pg_stat_get_live_tuples(c.oid)::float8, c.reltuples::float8, 0) AS rows_estimate,
    current_setting('autovacuum') = 'on'
      AND coalesce(lower(substring(o.option FROM '=(.*)')) IN ('true', 'on', 'yes', '1'), true) AS autovacuum
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (SELECT option FROM unnest(c.reloptions) AS option WHERE option LIKE 'autovacuum_enabled=%') o ON true
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

const Size = z.object({ oid: z.string(), size_bytes: z.number().nullable() });

const SIZES = `SELECT /* perfbot */ t.oid::text, pg_total_relation_size(t.oid)::float8 AS size_bytes
  FROM unnest($1::oid[]) AS t(oid)
  WHERE NOT EXISTS (SELECT FROM pg_locks l WHERE l.relation = t.oid AND l.mode = 'AccessExclusiveLock')`;

/** Scan and row counters of all tables of the database. */
export function readTableCounters(query: Query): Promise<readonly TableCounters[]> {
  return query(Counters, TABLES);
}

/** Sizes in bytes with indexes, by oid. It takes a weak lock per table, so tables with DDL under way are left out. */
export async function readTableSizes(
  query: Query,
  oids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (oids.length === 0) return new Map();
  const rows = await query(Size, SIZES, [oids]);
  return new Map(rows.flatMap(({ oid, size_bytes }) => (size_bytes === null ? [] : [[oid, size_bytes]])));
}
