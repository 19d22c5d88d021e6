import type { Point } from '../core/evidence.ts';
import type { SampleStore } from '../engine/ports/stores.ts';
import { cleanText } from './json-value.ts';
import type { Queryable } from './queryable.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Measured values, one partition a day, so that old ones are dropped without deleting rows. */
export function sampleStore(db: Queryable): SampleStore {
  return {
    async add(samples) {
      if (samples.length === 0) return;
      for (const day of new Set(samples.map(({ at }) => Math.floor(at / DAY_MS))))
        await addPartition(db, day);
      await db.query(
        `insert into samples (at, target, metric, service, unit, value)
         select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[])`,
        [
          samples.map(({ at }) => Math.round(at)),
          samples.map(({ target }) => cleanText(target)),
          samples.map(({ metric }) => metric),
          samples.map(({ service }) => cleanText(service)),
          samples.map(({ unit }) => unit),
          samples.map(({ value }) => value),
        ],
      );
    },
    async series({ target, metric, from, to }) {
      const { rows } = await db.query<{ at: string; value: number }>(
        'select at, value from samples where target = $1 and metric = $2 and at between $3 and $4 order by at',
        [target, metric, from, to],
      );
      return rows.map(({ at, value }): Point => ({ at: Number(at), value }));
    },
    async history({ targets, metrics, from, to }) {
      const { rows } = await db.query<{ target: string; metric: string; at: string[]; value: number[] }>(
        `select target, metric, array_agg(at order by at) as at, array_agg(value order by at) as value
         from samples where target = any($1) and metric = any($2) and at between $3 and $4
         group by target, metric order by target, metric`,
        [targets, metrics, from, to],
      );
      return rows.map(({ target, metric, at, value }) => ({
        target,
        metric,
        points: at.map((moment, index): Point => ({ at: Number(moment), value: value[index] ?? 0 })),
      }));
    },
    async medians({ targets, from, to, minimum }) {
      const { rows } = await db.query<{ target: string; metric: string; median: number }>(
        `select target, metric, percentile_cont(0.5) within group (order by value) as median
         from samples where target = any($1) and at between $2 and $3 group by target, metric having count(*) >= $4`,
        [targets, from, to, minimum],
      );
      return rows;
    },
    async dropBefore(at) {
      const { rows } = await db.query<{ name: string }>(
        `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'samples'::regclass`,
      );
      const oldest = partitionName(Math.floor(at / DAY_MS));
      for (const { name } of rows) if (name < oldest) await db.query(`drop table if exists ${name}`);
    },
  };
}

/** Sortable and made of digits, so that it needs no quoting. */
function partitionName(day: number): string {
  return `samples_${String(day).padStart(6, '0')}`;
}

async function addPartition(db: Queryable, day: number): Promise<void> {
  const name = partitionName(day);
  const { rows } = await db.query<{ there: string | null }>('select to_regclass($1) as there', [name]);
  if (rows[0]?.there !== null) return;
  await db
    .query(
      `create table if not exists ${name} partition of samples for values from (${day * DAY_MS}) to (${(day + 1) * DAY_MS})`,
    )
    .catch(async (error: unknown) => {
      // Another worker made it at the same moment.
      const again = await db.query<{ there: string | null }>('select to_regclass($1) as there', [name]);
      if (again.rows[0]?.there === null) throw error;
    });
}
