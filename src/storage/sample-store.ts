import type { Point } from '../core/evidence.ts';
import type { Sample, SampleStore } from '../engine/ports/sample-store.ts';
import { cleanText } from './json-value.ts';
import { addPartitions, dropPartitions } from './partitions.ts';
import type { Queryable } from './queryable.ts';
import { FIVE_MINUTES, HOURS, RAW, rollUp } from './roll-up.ts';

/** Measured values, in partitions by time, and their roll-ups. */
export function sampleStore(db: Queryable): SampleStore {
  return {
    async add(samples) {
      if (samples.length === 0) return;
      await addSeries(db, samples);
      const rows = columnsOf(samples);
      await addPartitions(
        db,
        RAW,
        samples.map(({ at }) => at),
      );
      await db.query(
        `insert into samples (at, series, value)
         select g.at, s.id, g.value
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::float8[]) as g (at, target, metric, label, value)
         join sample_series s on s.target = g.target and s.metric = g.metric and s.label = g.label`,
        [rows.at, rows.target, rows.metric, rows.label, rows.value],
      );
    },
    async series({ target, metric, from, to }) {
      const { rows } = await db.query<{ at: string; value: number }>(
        `select x.at, x.value from sample_series s join samples x on x.series = s.id
         where s.target = $1 and s.metric = $2 and s.label = '' and x.at between $3 and $4 order by x.at`,
        [target, metric, from, to],
      );
      return rows.map(({ at, value }): Point => ({ at: Number(at), value }));
    },
    async history({ targets, metrics, from, to }) {
      const { rows } = await db.query<{ target: string; metric: string; at: string[]; value: number[] }>(
        `select s.target, s.metric, array_agg(x.at order by x.at) as at, array_agg(x.value order by x.at) as value
         from sample_series s join samples x on x.series = s.id
         where s.target = any($1) and s.metric = any($2) and s.label = '' and x.at between $3 and $4
         group by s.target, s.metric order by s.target, s.metric`,
        [targets, metrics, from, to],
      );
      return rows.map(({ target, metric, at, value }) => ({
        target,
        metric,
        points: at.map((moment, index): Point => ({ at: Number(moment), value: value[index] ?? 0 })),
      }));
    },
    rollUp: (at) => rollUp(db, at),
    dropBefore: (at) => dropPartitions(db, RAW, at),
    async dropRollUpsBefore({ fiveMinutes, hours }) {
      await dropPartitions(db, FIVE_MINUTES, fiveMinutes);
      await dropPartitions(db, HOURS, hours);
    },
  };
}

function columnsOf(samples: readonly Sample[]) {
  return {
    at: samples.map(({ at }) => Math.round(at)),
    target: samples.map(({ target }) => cleanText(target)),
    metric: samples.map(({ metric }) => metric),
    label: samples.map(({ label = '' }) => cleanText(label)),
    value: samples.map(({ value }) => value),
  };
}

/** Gives every target, metric and label its number; the last unit and service of it stand. */
async function addSeries(db: Queryable, samples: readonly Sample[]): Promise<void> {
  const latest = new Map(
    samples.map((sample) => [JSON.stringify([sample.target, sample.metric, sample.label]), sample]),
  );
  const wanted = [...latest.values()];
  await db.query(
    `with wanted as (
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as g (target, metric, label, service, unit)
     ), renamed as (
       update sample_series s set service = w.service, unit = w.unit from wanted w
       where (s.target, s.metric, s.label) = (w.target, w.metric, w.label) and (s.service, s.unit) is distinct from (w.service, w.unit)
     )
     insert into sample_series (target, metric, label, service, unit)
     select target, metric, label, service, unit from wanted w
     where not exists (select from sample_series s where (s.target, s.metric, s.label) = (w.target, w.metric, w.label))
     order by target, metric, label on conflict do nothing`,
    [
      wanted.map(({ target }) => cleanText(target)),
      wanted.map(({ metric }) => metric),
      wanted.map(({ label = '' }) => cleanText(label)),
      wanted.map(({ service }) => cleanText(service)),
      wanted.map(({ unit }) => unit),
    ],
  );
}
