import { z } from 'zod';
import type { Query } from './connection.ts';

const Upkeep = z.object({
  oid: z.string(),
  /** Dead rows, and changed rows, from which autovacuum takes the table up: settings of the server and of the table. */
  vacuum_threshold: z.number(),
  analyze_threshold: z.number(),
  last_vacuum: z.number().nullable(),
  last_analyze: z.number().nullable(),
  inserted: z.number(),
  deleted: z.number(),
  /** As of the last VACUUM or ANALYZE; -1 rows: there was none. */
  pages: z.number(),
  rows: z.number(),
  fill_ratio: z.number(),
  block_bytes: z.number(),
  columns: z.number(),
  /** Columns whose widths this role may see, and the sum of their widths. */
  known_columns: z.number(),
  row_bytes: z.number(),
});
export type Upkeep = z.infer<typeof Upkeep>;

const setting = (name: string) =>
  `coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = '${name}'), current_setting('${name}'))::float8`;

// From 18 on a limit caps the threshold of large tables; -1 or an empty answer is none.
const CAP = `nullif(greatest(coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions)
  WHERE option_name = 'autovacuum_vacuum_max_threshold'), current_setting('autovacuum_vacuum_max_threshold', true), '-1')::float8, -1), -1)`;

const epoch = (value: string) => `extract(epoch FROM ${value})::float8 * 1000`;

const UPKEEP = `
  SELECT /* perfbot */ c.oid::text,
    least(${setting('autovacuum_vacuum_threshold')} + ${setting('autovacuum_vacuum_scale_factor')} * greatest(c.reltuples, 0), ${CAP}) AS vacuum_threshold,
    ${setting('autovacuum_analyze_threshold')} + ${setting('autovacuum_analyze_scale_factor')} * greatest(c.reltuples, 0) AS analyze_threshold,
    ${epoch('greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid))')} AS last_vacuum,
    ${epoch('greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid))')} AS last_analyze,
    pg_stat_get_tuples_inserted(c.oid)::float8 AS inserted, pg_stat_get_tuples_deleted(c.oid)::float8 AS deleted,
    c.relpages::float8 AS pages, c.reltuples::float8 AS rows,
    coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), '100')::float8 / 100 AS fill_ratio,
    current_setting('block_size')::float8 AS block_bytes,
    (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::float8 AS columns,
    coalesce(s.known, 0)::float8 AS known_columns, coalesce(s.width, 0)::float8 AS row_bytes
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
    SELECT count(*) AS known, sum((1 - null_frac) * avg_width) AS width FROM pg_stats
    WHERE schemaname = n.nspname AND tablename = c.relname AND NOT inherited
  ) s ON true
  WHERE c.oid = ANY($1::oid[])`;

/** What autovacuum makes of some tables, by oid. */
export async function readUpkeep(
  query: Query,
  oids: readonly string[],
): Promise<ReadonlyMap<string, Upkeep>> {
  const rows = await query(Upkeep, UPKEEP, [oids]);
  return new Map(rows.map((row) => [row.oid, row]));
}

const Running = z.object({ running: z.number() });

/** Vacuums that are under way in this database. */
export async function readRunningVacuums(query: Query): Promise<number> {
  const [row] = await query(
    Running,
    'SELECT /* perfbot */ count(*)::int AS running FROM pg_stat_progress_vacuum WHERE datname = current_database()',
  );
  return row?.running ?? 0;
}

/** Header of a row and its pointer, and header of a page, in bytes. */
const ROW_OVERHEAD = 28;
const PAGE_OVERHEAD = 24;

/**
 * Bytes that a table has more than its rows need, estimated from the mean widths of its columns; undefined where the role
 * does not see all of them, or nobody has analysed the table. The formula is that of pgsql-bloat-estimation, without toast.
 */
export function estimatedBloat(
  table: Upkeep,
): { readonly bytes: number; readonly ratio: number } | undefined {
  if (table.rows < 0 || table.pages === 0 || table.known_columns < table.columns) return undefined;
  const rowBytes = Math.ceil((ROW_OVERHEAD - 4 + table.row_bytes) / 8) * 8 + 4;
  const perPage = Math.max(
    1,
    Math.floor(((table.block_bytes - PAGE_OVERHEAD) * table.fill_ratio) / rowBytes),
  );
  const surplus = Math.max(0, table.pages - Math.ceil(table.rows / perPage));
  return { bytes: surplus * table.block_bytes, ratio: surplus / table.pages };
}
