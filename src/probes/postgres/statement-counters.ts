import { z } from 'zod';
import type { Query } from './connection.ts';
import type { StatementSource } from './statement-source.ts';

const Counters = z.object({
  /** Null where the role may not see other roles' statements; such rows are counted together. */
  queryid: z.string().nullable(),
  userid: z.string(),
  dbid: z.string(),
  toplevel: z.boolean(),
  calls: z.number(),
  total_ms: z.number(),
  rows: z.number(),
  hits: z.number(),
  reads: z.number(),
  temp_bytes: z.number(),
  /** From outside the buffer cache. */
  read_bytes: z.number(),
  /** Of the database that perfbot is connected to. */
  here: z.boolean(),
});
export type StatementCounters = z.infer<typeof Counters>;

const Extent = z.object({ dealloc: z.number().nullable(), stats_reset: z.string().nullable() });

/** All counters of pg_stat_statements at one moment. */
export interface StatementSample {
  readonly at: number;
  readonly statements: readonly StatementCounters[];
  /** How often entries were thrown away for lack of room, and when all were reset; null before extension 1.9. */
  readonly dealloc: number | null;
  readonly statsReset: string | null;
}

/** Reads the counters without their texts, which would be read from a file. */
export async function readStatementCounters(
  query: Query,
  { schema, columns }: StatementSource,
  at: number,
): Promise<StatementSample> {
  const time = columns.has('total_exec_time') ? 'total_exec_time' : 'total_time';
  const toplevel = columns.has('toplevel') ? 'toplevel' : 'true';
  const statements = await query(
    Counters,
    `SELECT /* perfbot */ queryid::text, userid::text, dbid::text, ${toplevel} AS toplevel, calls::float8,
      ${time}::float8 AS total_ms, rows::float8, shared_blks_hit::float8 AS hits, shared_blks_read::float8 AS reads,
      (temp_blks_read + temp_blks_written)::float8 * current_setting('block_size')::int AS temp_bytes,
      shared_blks_read::float8 * current_setting('block_size')::int AS read_bytes,
      dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AS here
    FROM ${schema}.pg_stat_statements(false)`,
  );
  // pg_stat_statements_info came with extension 1.9, together with `toplevel`.
  const [extent] = columns.has('toplevel')
    ? await query(
        Extent,
        `SELECT /* perfbot */ dealloc::float8, stats_reset::text FROM ${schema}.pg_stat_statements_info`,
      )
    : [];
  return { at, statements, dealloc: extent?.dealloc ?? null, statsReset: extent?.stats_reset ?? null };
}

/** What each statement did between two samples, the most time first. */
export function statementDifferences(
  before: StatementSample,
  after: StatementSample,
): readonly StatementCounters[] {
  const earlier = sumByKey(before.statements);
  return [...sumByKey(after.statements)]
    .flatMap(([key, now]) => {
      const then = earlier.get(key);
      // Fewer calls than before: the entry was dropped and came back, so its counters began within the window.
      const difference = then === undefined || now.calls < then.calls ? now : subtract(now, then);
      return difference.calls > 0 ? [difference] : [];
    })
    .sort((a, b) => b.total_ms - a.total_ms);
}

/**
 * True when all counters were reset between two samples. Extensions before 1.9 do not tell: there it is when more than
 * half of the entries are gone or began anew, of which a lack of room takes only a twentieth at a time.
 */
export function wasReset(before: StatementSample, after: StatementSample): boolean {
  if (before.statsReset !== null || after.statsReset !== null) return before.statsReset !== after.statsReset;
  const earlier = sumByKey(before.statements);
  const now = sumByKey(after.statements);
  const lost = [...earlier].filter(([key, { calls }]) => (now.get(key)?.calls ?? 0) < calls);
  return lost.length > earlier.size / 2;
}

function sumByKey(statements: readonly StatementCounters[]): Map<string, StatementCounters> {
  const sums = new Map<string, StatementCounters>();
  for (const statement of statements) {
    const key = `${statement.queryid}:${statement.userid}:${statement.dbid}:${statement.toplevel}`;
    const sum = sums.get(key);
    sums.set(key, sum ? combine(sum, statement, 1) : statement);
  }
  return sums;
}

function subtract(now: StatementCounters, then: StatementCounters): StatementCounters {
  return combine(now, then, -1);
}

function combine(a: StatementCounters, b: StatementCounters, sign: 1 | -1): StatementCounters {
  return {
    ...a,
    calls: a.calls + sign * b.calls,
    total_ms: Math.max(0, a.total_ms + sign * b.total_ms),
    rows: a.rows + sign * b.rows,
    hits: a.hits + sign * b.hits,
    reads: a.reads + sign * b.reads,
    temp_bytes: a.temp_bytes + sign * b.temp_bytes,
    read_bytes: a.read_bytes + sign * b.read_bytes,
  };
}
