import { z } from 'zod';
import type { Query } from './connection.ts';

export const Index = z.object({
  oid: z.string(),
  /** Names with schema, quoted for SQL. */
  index: z.string(),
  table: z.string(),
  method: z.string(),
  /** Numbers of all columns in order, those of INCLUDE last; 0 is an expression. */
  columns: z.string(),
  key_count: z.number(),
  /** Operator class, collation and direction of each key column. */
  classes: z.string(),
  collations: z.string(),
  options: z.string(),
  expressions: z.string(),
  predicate: z.string(),
  unique: z.boolean(),
  valid: z.boolean(),
  /** May be under construction: a build is under way, or one whose target this role may not see. */
  building: z.boolean(),
  /** Something else stands on it: a constraint, a replica identity, the index of a partitioned table. */
  bound: z.boolean(),
  scans: z.number(),
});
export type Index = z.infer<typeof Index>;

const INDEXES = `
  SELECT /* perfbot */ i.indexrelid::text AS oid, i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS "table",
    am.amname::text AS method, i.indkey::text AS columns, i.indnkeyatts::int AS key_count, i.indclass::text AS classes,
    i.indcollation::text AS collations, i.indoption::text AS options, coalesce(i.indexprs::text, '') AS expressions,
    coalesce(i.indpred::text, '') AS predicate, i.indisunique AS "unique", i.indisvalid AS valid,
    EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid IS NULL OR p.index_relid IN (0, i.indexrelid)) AS building,
    i.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x', 'f'))
      OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid) AS bound,
    pg_stat_get_numscans(i.indexrelid)::float8 AS scans
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i' AND c.relpersistence <> 't'
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  JOIN pg_am am ON am.oid = c.relam
  ORDER BY c.relpages DESC LIMIT $1`;

const Definition = z.object({ oid: z.string(), definition: z.string().nullable() });

// It takes a weak lock on the table, so those with a schema change under way are left out.
const DEFINITIONS = `
  SELECT /* perfbot */ i.indexrelid::text AS oid, pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i WHERE i.indexrelid = ANY($1::oid[]) AND NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.relation IN (i.indrelid, i.indexrelid) AND l.mode = 'AccessExclusiveLock')`;

export const ForeignKey = z.object({
  constraint: z.string(),
  table: z.string(),
  referenced: z.string(),
  /** Numbers and quoted names of the referencing columns, in order. */
  keys: z.array(z.number()),
  columns: z.array(z.string()),
  rows_estimate: z.number(),
  /** Rows deleted from, or updated in, the table it refers to since the counters began. */
  referenced_changes: z.number(),
});
export type ForeignKey = z.infer<typeof ForeignKey>;

const FOREIGN_KEYS = `
  SELECT /* perfbot */ quote_ident(k.conname) AS "constraint", k.conrelid::regclass::text AS "table",
    k.confrelid::regclass::text AS referenced, k.conkey::int[] AS keys,
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.conkey) WITH ORDINALITY AS key(number, place)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number ORDER BY key.place) AS columns,
    greatest(pg_stat_get_live_tuples(k.conrelid)::float8, c.reltuples::float8, 0) AS rows_estimate,
    (pg_stat_get_tuples_deleted(k.confrelid) + pg_stat_get_tuples_updated(k.confrelid))::float8 AS referenced_changes
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relkind = 'r' ORDER BY c.reltuples DESC LIMIT 5000`;

const Since = z.object({ age_ms: z.number(), from_reset: z.boolean() });

// Never reset: the counters are at least as old as the start of the server.
const SINCE = `
  SELECT /* perfbot */ extract(epoch FROM clock_timestamp() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 * 1000 AS age_ms,
    stats_reset IS NOT NULL AS from_reset
  FROM pg_stat_database WHERE datname = current_database()`;

/** All indexes of the application's tables, largest first. */
export function readIndexes(query: Query, limit: number): Promise<readonly Index[]> {
  return query(Index, INDEXES, [limit]);
}

/** Foreign keys of ordinary tables, those of the largest tables first. */
export function readForeignKeys(query: Query): Promise<readonly ForeignKey[]> {
  return query(ForeignKey, FOREIGN_KEYS);
}

/** For how long the usage counters of this database have counted, in ms; a lower bound when they were never reset. */
export async function readCounterAge(query: Query): Promise<z.infer<typeof Since> | undefined> {
  const [since] = await query(Since, SINCE);
  return since;
}

/** The statements that make indexes, by oid. */
export async function readDefinitions(
  query: Query,
  oids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (oids.length === 0) return new Map();
  const rows = await query(Definition, DEFINITIONS, [oids]);
  return new Map(rows.flatMap(({ oid, definition }) => (definition === null ? [] : [[oid, definition]])));
}
