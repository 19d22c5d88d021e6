import type { Service } from '../inventory/service.ts';
import type { TargetKind } from '../inventory/target.ts';
import { judgedTarget, KPI_DEFINITIONS, type KpiName } from '../kpi.ts';
import { changeSize } from '../monitor/change-size.ts';
import type { Unit } from '../unit.ts';

/** One metric of one target over a span, from its 5-minute means. */
export interface WeekStats {
  readonly target: string;
  readonly metric: string;
  /** The part of the target, for example a route; empty: the whole target. */
  readonly label: string;
  readonly service: string;
  readonly unit: Unit;
  /** 5-minute spans with values. */
  readonly points: number;
  readonly median: number;
  readonly p95: number;
  /** Weighted by the samples of each span. */
  readonly mean: number;
}

/** How a week of a metric becomes one number. */
type Reading = 'median' | 'p95' | 'mean';

interface WeekSource {
  readonly kpi: KpiName;
  readonly metric: string;
  readonly title: string;
  readonly reading: Reading;
  /** Kind of the targets that it is read from; absent: of any. */
  readonly from?: TargetKind;
}

/**
 * What speaks for a KPI, the best source first. Load and times are read where only the worst 5 % of the week (eight
 * hours) lie above; shares of requests as the mean, for each request counts; throughput as what is typical.
 */
const WEEK_SOURCES: readonly WeekSource[] = [
  {
    kpi: 'response_time_p95',
    metric: 'response_time_p95_ms',
    title: 'Response time (p95)',
    reading: 'p95',
  },
  {
    kpi: 'response_time_p95',
    metric: 'response_time_p50_ms',
    title: 'Response time (own requests)',
    reading: 'p95',
  },
  {
    kpi: 'throughput_per_minute',
    metric: 'throughput_per_minute',
    title: 'Throughput (typical)',
    reading: 'median',
  },
  { kpi: 'error_rate', metric: 'error_rate', title: 'Error rate', reading: 'mean', from: 'prometheus' },
  { kpi: 'error_rate', metric: 'error_rate', title: 'Error rate (own requests)', reading: 'mean' },
  { kpi: 'availability', metric: 'availability', title: 'Availability', reading: 'mean' },
  { kpi: 'cpu', metric: 'cpu_ratio', title: 'CPU (p95)', reading: 'p95' },
  { kpi: 'cpu', metric: 'cpu_busy_ratio', title: 'CPU (p95)', reading: 'p95' },
  { kpi: 'memory', metric: 'memory_ratio', title: 'Memory (p95)', reading: 'p95' },
  { kpi: 'memory', metric: 'memory_used_ratio', title: 'Memory (p95)', reading: 'p95' },
  {
    kpi: 'database_response',
    metric: 'mean_exec_time_ms',
    title: 'Database response (p95)',
    reading: 'p95',
  },
];

/** Metrics that the KPIs of a week are read from. */
export const WEEK_METRICS: readonly string[] = [...new Set(WEEK_SOURCES.map(({ metric }) => metric))];

/** A day in each week is the least that can be compared. */
export const LEAST_POINTS = (24 * 60) / 5;

/** One KPI of one service in this week and in the one before. */
export interface KpiWeek {
  readonly service: string;
  readonly target: string;
  readonly kpi: KpiName;
  readonly metric: string;
  readonly title: string;
  readonly unit: Unit;
  /** Undefined: not measured in that week. */
  readonly now: number | undefined;
  readonly before: number | undefined;
  /** The median over all hours of six weeks; absent: not enough history. */
  readonly usual?: number | undefined;
  /** Both weeks were measured for a day at least. */
  readonly comparable: boolean;
  /** Undefined: nobody wants a value of it. */
  readonly goal: number | undefined;
  readonly missed: boolean;
  /** 1 is a change of a tenth, or the noise of its unit; 0 when the weeks cannot be compared. */
  readonly size: number;
  readonly direction: 'worse' | 'better' | 'same';
}

/** The KPIs of every service in two weeks: those that got worse first, then those that miss their target. */
export function kpiWeeks(
  now: readonly WeekStats[],
  before: readonly WeekStats[],
  services: readonly Pick<Service, 'name' | 'kpis'>[],
): readonly KpiWeek[] {
  const names = [...new Set([...now, ...before].map(({ service }) => service))].sort();
  return names
    .flatMap((name) => {
      const kpis = services.find((service) => service.name === name)?.kpis ?? {};
      const own = { now: now.filter(isOf(name)), before: before.filter(isOf(name)) };
      return [...new Set(WEEK_SOURCES.map(({ kpi }) => kpi))].flatMap(
        (kpi) => kpiWeek(kpi, own, { name, kpis }) ?? [],
      );
    })
    .toSorted((a, b) => rank(b) - rank(a) || a.service.localeCompare(b.service));
}

function isOf(name: string): (stats: WeekStats) => boolean {
  return ({ service }) => service === name;
}

/** A target's id begins with its kind. */
function speaksFor({ metric, from }: WeekSource, stats: WeekStats): boolean {
  return stats.metric === metric && (from === undefined || stats.target.startsWith(`${from}:`));
}

/** The first source with values speaks; of several targets the one that is worst now. */
function kpiWeek(
  kpi: KpiName,
  stats: { readonly now: readonly WeekStats[]; readonly before: readonly WeekStats[] },
  { name, kpis }: Pick<Service, 'name' | 'kpis'>,
): KpiWeek | undefined {
  const { bound } = KPI_DEFINITIONS[kpi];
  const sources = WEEK_SOURCES.filter((source) => source.kpi === kpi);
  const side = stats.now.some((one) => sources.some((source) => speaksFor(source, one)))
    ? stats.now
    : stats.before;
  const source = sources.find((candidate) => side.some((one) => speaksFor(candidate, one)));
  if (source === undefined) return undefined;
  const { metric, title, reading } = source;
  const candidates = side.filter((one) => speaksFor(source, one) && Number.isFinite(one[reading]));
  const [worst] = candidates.toSorted((a, b) =>
    bound === 'max' ? b[reading] - a[reading] : a[reading] - b[reading],
  );
  if (worst === undefined) return undefined;
  const find = (among: readonly WeekStats[]) =>
    among.find(
      (one) => one.metric === metric && one.target === worst.target && Number.isFinite(one[reading]),
    );
  const [current, earlier] = [find(stats.now), find(stats.before)];
  const goal = judgedTarget(kpis, kpi);
  const value = current?.[reading];
  const past = earlier?.[reading];
  return {
    service: name,
    target: worst.target,
    kpi,
    metric,
    title,
    unit: worst.unit,
    now: value,
    before: past,
    goal,
    missed: value !== undefined && goal !== undefined && (bound === 'max' ? value > goal : value < goal),
    ...compare(value, past, {
      kpi,
      unit: worst.unit,
      comparable: (current?.points ?? 0) >= LEAST_POINTS && (earlier?.points ?? 0) >= LEAST_POINTS,
    }),
  };
}

/** Changes of these count from here on: their targets lie closer than the noise of other shares. */
const FINE: Readonly<Partial<Record<KpiName, number>>> = { availability: 0.001, error_rate: 0.003 };

function compare(
  now: number | undefined,
  before: number | undefined,
  { kpi, unit, comparable }: { readonly kpi: KpiName; readonly unit: Unit; readonly comparable: boolean },
): Pick<KpiWeek, 'comparable' | 'size' | 'direction'> {
  if (!comparable || now === undefined || before === undefined)
    return { comparable: false, size: 0, direction: 'same' };
  const { bound } = KPI_DEFINITIONS[kpi];
  const fine = FINE[kpi];
  const size = fine === undefined ? changeSize(before, now, unit) : Math.abs(now - before) / fine;
  if (size < 1) return { comparable, size, direction: 'same' };
  return { comparable, size, direction: now > before === (bound === 'max') ? 'worse' : 'better' };
}

function rank({ direction, missed, size, now }: KpiWeek): number {
  if (now === undefined) return -1;
  const capped = Math.min(size, 99);
  if (direction === 'worse') return 1000 + (missed ? 1000 : 0) + capped;
  return (missed ? 900 : 0) + capped;
}
