import type { Point } from '../core/evidence.ts';
import type { PeriodChange } from '../core/monitor/trends.ts';
import type { UsualValue } from '../core/monitor/usual-values.ts';
import { ALL_HOURS } from '../core/monitor/week-slot.ts';
import type { Unit } from '../core/unit.ts';
import type { BaselineStore, MetricSeries } from '../engine/ports/baseline-store.ts';
import type { Queryable } from './queryable.ts';

interface UsualRow {
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
  readonly slot: number;
  readonly median: number;
  readonly mad: number;
  readonly points: number;
  readonly weeks: number;
  readonly computed_at: string;
}

/** Usual values and what they are computed from. */
export function baselineStore(db: Queryable): BaselineStore {
  return {
    async series() {
      const { rows } = await db.query<MetricSeries>(
        `select id, target, metric, service, unit from sample_series where label = '' order by target, metric`,
      );
      return rows;
    },
    async points({ series, resolution, from, to }) {
      const { rows } = await db.query<{ at: string; mean: number }>(
        `select at, mean from samples_${resolution === '5m' ? '5m' : '1h'} where series = $1 and at >= $2 and at < $3 order by at`,
        [series, from, to],
      );
      return rows.map(({ at, mean }): Point => ({ at: Number(at), value: mean }));
    },
    async firstPointAt() {
      const { rows } = await db.query<{ at: string | null }>('select min(at) as at from samples_5m');
      return rows[0]?.at == null ? undefined : Number(rows[0].at);
    },
    async incidents({ from, now }) {
      const { rows } = await db.query<{ service: string; from: number; to: number }>(
        `select service, started_at::float8 as from, ended_at as to from (
           select service, started_at, case state when 'firing' then $2 else coalesce((body ->> 'resolvedAt')::float8, $2) end as ended_at
           from alert_groups where service is not null
         ) g where ended_at >= $1`,
        [from, now],
      );
      return rows;
    },
    async replace(series, values, at) {
      const slots = values.map(({ slot }) => slot);
      await db.query('delete from baselines where series = $1 and slot <> all($2::smallint[])', [
        series,
        slots,
      ]);
      await db.query(
        `insert into baselines (series, slot, median, mad, points, weeks, computed_at)
         select $1, slot, median, mad, points, weeks, $7
         from unnest($2::smallint[], $3::float8[], $4::float8[], $5::int[], $6::int[]) as g (slot, median, mad, points, weeks)
         on conflict (series, slot) do update set median = excluded.median, mad = excluded.mad, points = excluded.points,
           weeks = excluded.weeks, computed_at = excluded.computed_at`,
        [
          series,
          slots,
          values.map(({ median }) => median),
          values.map(({ mad }) => mad),
          values.map(({ points }) => points),
          values.map(({ weeks }) => weeks),
          at,
        ],
      );
    },
    async usual({ targets, slot }) {
      const { rows } = await db.query<UsualRow>(
        `select distinct on (s.target, s.metric) s.target, s.metric, s.service, s.unit,
           b.slot, b.median, b.mad, b.points, b.weeks, b.computed_at
         from baselines b join sample_series s on s.id = b.series
         where b.slot in ($1, ${ALL_HOURS}) and ($2::text[] is null or s.target = any($2))
         order by s.target, s.metric, b.slot desc`,
        [slot, targets ?? null],
      );
      return rows.map(({ computed_at, ...row }) => ({ ...row, computedAt: Number(computed_at) }));
    },
    async usualOf(series) {
      const { rows } = await db.query<UsualValue>(
        'select slot, median, mad, points, weeks from baselines where series = $1 order by slot',
        [series],
      );
      return rows;
    },
    changes: (query) => changes(db, query),
  };
}

async function changes(
  db: Queryable,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly PeriodChange[]> {
  const { rows } = await db.query<{
    target: string;
    metric: string;
    service: string;
    unit: Unit;
    before: number | null;
    now: number | null;
    hours_before: string;
    hours_now: string;
  }>(
    `select s.target, s.metric, s.service, s.unit,
       percentile_cont(0.5) within group (order by x.mean) filter (where x.at < $2) as before,
       percentile_cont(0.5) within group (order by x.mean) filter (where x.at >= $2) as now,
       count(*) filter (where x.at < $2) as hours_before, count(*) filter (where x.at >= $2) as hours_now
     from sample_series s join samples_1h x on x.series = s.id
     where s.label = '' and x.at >= $1 and x.at < $3 group by s.id order by s.target, s.metric`,
    [from - (to - from), from, to],
  );
  return rows.map(({ before, now, hours_before, hours_now, ...row }) => ({
    ...row,
    before: before ?? undefined,
    now: now ?? undefined,
    hoursBefore: Number(hours_before),
    hoursNow: Number(hours_now),
  }));
}
