import type { TimeChart } from '../../core/chart.ts';
import { metricTitle } from '../../core/chart-plan/chart-words.ts';
import type { Service } from '../../core/inventory/service.ts';
import {
  type BaselineLine,
  baselineTable,
  baselineVerdict,
  rankBaselines,
} from '../../core/monitor/baseline-table.ts';
import { historyChart } from '../../core/monitor/history-chart.ts';
import { historyMarks } from '../../core/monitor/history-marks.ts';
import { withoutEchoes } from '../../core/monitor/target-change.ts';
import { type PeriodChange, rankChanges, trendTable, trendVerdict } from '../../core/monitor/trends.ts';
import { createWeekSlot } from '../../core/monitor/week-slot.ts';
import { firstKpi } from '../../core/report/report-focus.ts';
import type { BaselineStore, KnownUsual } from '../ports/baseline-store.ts';
import type { ChangeStore } from '../ports/change-store.ts';
import type { Clock } from '../ports/runtime.ts';
import type { SampleStore } from '../ports/sample-store.ts';
import type { HistoryAnswer } from './tell-history.ts';
import { withUsual } from './with-usual.ts';

const DAY_MS = 24 * 60 * 60_000;
/** What "now" means beside a usual value. */
const RECENT_MS = 10 * 60_000;
const MOST_CHARTS = 4;
/** Below two days, hours are too few points for a picture. */
const FINE_BELOW_MS = 2 * DAY_MS;
/** Numbers of state that have no trend. */
const NOT_SHOWN = new Set(['running', 'containers_running']);

export interface ReadHistoryOptions {
  readonly baselines: BaselineStore;
  readonly samples: Pick<SampleStore, 'history'>;
  readonly changes: Pick<ChangeStore, 'between'>;
  readonly timezone: string;
  readonly now: Clock;
}

export interface HistoryScope {
  /** Undefined: all services. */
  readonly service: string | undefined;
  readonly services: readonly Service[];
}

/** Where the numbers went over some days, the biggest changes first. */
export async function readTrends(
  options: ReadHistoryOptions,
  { service, services, days }: HistoryScope & { readonly days: number },
): Promise<HistoryAnswer & { readonly ranked: readonly PeriodChange[] }> {
  const { baselines, now } = options;
  const to = now();
  const from = to - days * DAY_MS;
  const period = `${days} days`;
  const ranked = rankChanges(
    await withUsual(baselines, isShown(await baselines.changes({ from, to }), service)),
  );
  return {
    name: `trends-${days}d`,
    title: `Trends over ${period}`,
    service,
    verdict: trendVerdict(ranked, period),
    table: trendTable(ranked, period),
    charts: await drawMost(options, ranked, { from, to, services }),
    span: { from, to },
    focus: firstKpi(ranked),
    ranked,
  };
}

/** What is usual now, the biggest differences first. */
export async function readBaseline(
  options: ReadHistoryOptions,
  { service, services }: HistoryScope,
): Promise<HistoryAnswer> {
  const { baselines, samples, now } = options;
  const to = now();
  const series = isShown(await baselines.series(), service);
  const usual = await usualNow(options);
  const recent = await samples.history({
    targets: [...new Set(series.map(({ target }) => target))],
    metrics: [...new Set(series.map(({ metric }) => metric))],
    from: to - RECENT_MS,
    to,
  });
  const means = new Map(
    recent.map(({ target, metric, points }) => [
      `${target} ${metric}`,
      points.reduce((sum, { value }) => sum + value, 0) / points.length,
    ]),
  );
  const lines = series.map(
    (one): BaselineLine => ({
      ...one,
      usual: usual.get(`${one.target} ${one.metric}`),
      now: means.get(`${one.target} ${one.metric}`),
    }),
  );
  // What is neither known nor measured any more is history.
  const ranked = rankBaselines(lines.filter((line) => line.now !== undefined));
  return {
    name: 'baseline',
    title: 'Usual values',
    service,
    verdict: baselineVerdict(ranked),
    table: baselineTable(ranked),
    charts: await drawMost(options, ranked, { from: to - DAY_MS, to, services }),
    span: { from: to - DAY_MS, to },
    focus: firstKpi(ranked),
  };
}

/** Without numbers of state, of one service or of all. */
export function isShown<T extends { readonly metric: string; readonly service: string }>(
  series: readonly T[],
  service: string | undefined,
): readonly T[] {
  return series.filter(
    (one) => !NOT_SHOWN.has(one.metric) && (service === undefined || one.service === service),
  );
}

async function usualNow({
  baselines,
  timezone,
  now,
}: ReadHistoryOptions): Promise<ReadonlyMap<string, KnownUsual>> {
  const known = await baselines.usual({ slot: createWeekSlot(timezone)(now()) });
  return new Map(known.map((one) => [`${one.target} ${one.metric}`, one]));
}

async function drawMost(
  options: ReadHistoryOptions,
  ranked: readonly Pick<BaselineLine, 'target' | 'metric' | 'service' | 'unit'>[],
  {
    from,
    to,
    services,
  }: { readonly from: number; readonly to: number; readonly services: readonly Service[] },
): Promise<readonly TimeChart[]> {
  const { baselines } = options;
  const slotOf = createWeekSlot(options.timezone);
  const ids = new Map((await baselines.series()).map((one) => [`${one.target} ${one.metric}`, one.id]));
  const firstAt = Math.max(from, (await baselines.firstPointAt()) ?? to);
  const resolution = to - firstAt < FINE_BELOW_MS ? '5m' : '1h';
  const changes = withoutEchoes(await options.changes.between({ from, to }));
  const charts: TimeChart[] = [];
  for (const { target, metric, service, unit } of ranked) {
    if (charts.length === MOST_CHARTS) break;
    const series = ids.get(`${target} ${metric}`);
    if (series === undefined) continue;
    const points = await baselines.points({ series, resolution, from, to });
    const chart = historyChart({
      target,
      metric,
      service,
      unit,
      points,
      marks: historyMarks({ points, unit, changes: changes.filter((change) => change.service === service) }),
      usual: { values: await baselines.usualOf(series), slotOf },
      kpis: services.find(({ name }) => name === service)?.kpis ?? {},
      title: `${metricTitle(metric)} of ${service}`,
    });
    if (chart) charts.push(chart);
  }
  return charts;
}
