import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Metric } from '../../core/evidence.ts';
import type { Query } from './connection.ts';

const Counters = z.object({
  blocks_hit: z.number(),
  blocks_read: z.number(),
  commits: z.number(),
  rollbacks: z.number(),
  deadlocks: z.number(),
  temp_bytes: z.number(),
  rows_read: z.number(),
  block_bytes: z.number(),
  stats_reset: z.string().nullable(),
  size_bytes: z.number(),
});
type Counters = z.infer<typeof Counters>;

/** Counters of one database at one moment (milliseconds since the epoch). */
export interface DatabaseSample extends Counters {
  readonly at: number;
}

const SQL = `
  SELECT /* perfbot */ blks_hit::float8 AS blocks_hit, blks_read::float8 AS blocks_read, xact_commit::float8 AS commits,
    xact_rollback::float8 AS rollbacks, deadlocks::float8, temp_bytes::float8, tup_returned::float8 AS rows_read,
    current_setting('block_size')::float8 AS block_bytes, stats_reset::text, pg_database_size(datid)::float8 AS size_bytes
  FROM pg_stat_database WHERE datname = current_database()`;

/** Counters of the database that perfbot is connected to. */
export async function readDatabaseCounters(query: Query, at: number): Promise<DatabaseSample> {
  const [counters] = await query(Counters, SQL);
  if (counters) return { ...counters, at };
  throw new ProbeError('invalid_response', 'pg_stat_database has no row of this database', {
    userMessage: 'PostgreSQL keeps no statistics for this database.',
  });
}

/** True when the counters of `after` continue those of `before`. */
export function isContinued(before: DatabaseSample, after: DatabaseSample): boolean {
  return (
    before.stats_reset === after.stats_reset &&
    after.commits >= before.commits &&
    after.blocks_hit >= before.blocks_hit
  );
}

/** Below so many block reads in a window a hit ratio says nothing (PostgreSQL reads 8 kB blocks). */
const LEAST_BLOCKS = 1000;

/** What happened between two samples; the hit ratio only where enough was read. */
export function databaseMetrics(before: DatabaseSample, after: DatabaseSample): readonly Metric[] {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const hits = after.blocks_hit - before.blocks_hit;
  const reads = after.blocks_read - before.blocks_read;
  const perSecond = (name: string, difference: number): Metric => ({
    name,
    value: Math.max(0, difference) / seconds,
    unit: 'per_second',
  });
  return [
    ...(hits + reads >= LEAST_BLOCKS
      ? [{ name: 'cache_hit_ratio', value: hits / (hits + reads), unit: 'ratio' } as const]
      : []),
    {
      name: 'cache_miss_bytes_per_second',
      value: (Math.max(0, reads) * after.block_bytes) / seconds,
      unit: 'bytes_per_second',
    },
    perSecond('commits_per_second', after.commits - before.commits),
    perSecond('rollbacks_per_second', after.rollbacks - before.rollbacks),
    {
      name: 'temp_bytes_per_second',
      value: Math.max(0, after.temp_bytes - before.temp_bytes) / seconds,
      unit: 'bytes_per_second',
    },
    perSecond('rows_read_per_second', after.rows_read - before.rows_read),
  ];
}
