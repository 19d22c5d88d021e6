import type { Severity } from '../core/severity.ts';
import type { Unit } from '../core/unit.ts';
import type { WeekStore } from '../engine/ports/week-store.ts';
import type { Queryable } from './queryable.ts';

interface StatsRow {
  readonly target: string;
  readonly metric: string;
  readonly label: string;
  readonly service: string;
  readonly unit: Unit;
  readonly points: string;
  readonly median: number;
  readonly p95: number;
  readonly mean: number;
}

interface IncidentRow {
  readonly service: string | null;
  readonly title: string;
  readonly severity: Severity;
  readonly started_at: string;
  readonly resolved_at: number | null;
  readonly cause_id: string | null;
  readonly cause_title: string | null;
  readonly verdict_at: string | null;
}

/** Roll-ups and alerts as the weekly report reads them. */
export function weekStore(db: Queryable): WeekStore {
  return {
    async stats({ metric, parts = false, from, to }) {
      const { rows } = await db.query<StatsRow>(
        `select s.target, s.metric, s.label, s.service, s.unit, count(*) as points,
           percentile_cont(0.5) within group (order by x.mean) as median,
           percentile_cont(0.95) within group (order by x.mean) as p95,
           sum(x.mean * x.count) / sum(x.count) as mean
         from sample_series s join samples_5m x on x.series = s.id
         where s.metric = $1 and (s.label <> '') = $4 and x.at >= $2 and x.at < $3
         group by s.id order by s.target, s.label`,
        [metric, from, to, parts],
      );
      return rows.map((row) => ({ ...row, points: Number(row.points) }));
    },
    async daily({ metrics, from, to }) {
      const { rows } = await db.query<{
        target: string;
        metric: string;
        label: string;
        service: string;
        at: string[];
        value: number[];
      }>(
        `select target, metric, label, service, array_agg(day order by day) as at, array_agg(value order by day) as value from (
           select s.id, s.target, s.metric, s.label, s.service, x.at - x.at % 86400000 as day,
             percentile_cont(0.5) within group (order by x.mean) as value
           from sample_series s join samples_1h x on x.series = s.id
           where s.metric = any($1) and x.at >= $2 and x.at < $3 group by s.id, day
         ) d group by id, target, metric, label, service order by target, metric, label`,
        [metrics, from, to],
      );
      return rows.map(({ at, value, ...series }) => ({
        ...series,
        daily: at.map((moment, index) => ({ at: Number(moment), value: value[index] ?? 0 })),
      }));
    },
    async incidents({ from, to, limit }) {
      // An alert has several runs when somebody asked again: the first report is the verdict that people waited for.
      const { rows } = await db.query<IncidentRow>(
        `select g.service, g.body ->> 'title' as title, g.body ->> 'severity' as severity, g.started_at, g.resolved_at,
           r.report -> 'causes' -> 0 ->> 'id' as cause_id, r.report -> 'causes' -> 0 ->> 'title' as cause_title,
           r.finished_at as verdict_at
         from (
           select *, case state when 'firing' then null else (body ->> 'resolvedAt')::float8 end as resolved_at from alert_groups
         ) g
         left join (
           select distinct on (trigger ->> 'groupId') trigger ->> 'groupId' as group_id, report, finished_at
           from runs where trigger ->> 'kind' = 'alert' and state = 'finished' and finished_at >= $1
           order by trigger ->> 'groupId', finished_at
         ) r on r.group_id = g.id
         where g.started_at < $2 and (g.resolved_at is null or g.resolved_at >= $1)
         order by g.started_at limit $3`,
        [from, to, limit],
      );
      return rows.map((row) => ({
        service: row.service ?? undefined,
        title: row.title,
        severity: row.severity,
        startedAt: Number(row.started_at),
        resolvedAt: row.resolved_at ?? undefined,
        cause:
          row.cause_id === null || row.cause_title === null
            ? undefined
            : { id: row.cause_id, title: row.cause_title },
        verdictAt: row.verdict_at === null ? undefined : Number(row.verdict_at),
      }));
    },
  };
}
