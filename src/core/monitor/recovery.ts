import { KPI_METRICS, OWN_REQUESTS } from '../checks/kpi-metrics.ts';
import type { Point } from '../evidence.ts';
import { breaksKpi, KPI_DEFINITIONS, type KpiName, type KpiTargets, kpiTarget } from '../kpi.ts';
import type { Severity } from '../severity.ts';
import { formatValue, type Unit } from '../unit.ts';
import { median } from './robust.ts';

/** A rule of an alert waits before it fires, so the trouble is older than the alert. */
const BEFORE_ALERT_MS = 10 * 60_000;
/** Fewer values after the end say nothing. */
const LEAST_AFTER = 3;
/** Without a broken target a KPI is told when its worst value differs from those after by this share. */
const NOTABLE = 0.5;

interface RecoverySource {
  readonly kpi: KpiName;
  readonly metric: string;
  readonly title: string;
  /** What lies within the target differs too much by itself to be told. */
  readonly onlyBroken?: boolean;
}

/** What a KPI of a service is read from, the best source first. The last one is what the monitor measures itself, and alerts by. */
const SOURCES: readonly RecoverySource[] = [
  ...KPI_METRICS.map(({ kpi, metric }) => ({ kpi, metric, title: KPI_DEFINITIONS[kpi].title })),
  {
    kpi: 'response_time_p95',
    metric: OWN_REQUESTS.metric,
    title: OWN_REQUESTS.title,
    onlyBroken: true,
  },
];

/** Metrics that a recovery is judged by. */
export const RECOVERY_METRICS: ReadonlySet<string> = new Set(SOURCES.map(({ metric }) => metric));

/** One KPI of a service around an alert. Points oldest first. */
export interface KpiCourse {
  readonly target: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
}

/** What is known of a service around an alert that is said to be over. */
export interface RecoveryInput {
  readonly service: string;
  readonly courses: readonly KpiCourse[];
  readonly kpis: KpiTargets;
  /** What the report about the alert spoke of first. */
  readonly focus: KpiName | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly resolvedAt: number;
}

/** Whether it is over, and what shows it. */
export interface Recovery {
  readonly severity: Severity;
  readonly verdict: string;
  /** One for each KPI that the alert was about or that suffered, the most telling first. */
  readonly lines: readonly string[];
  readonly shown: readonly ShownCourse[];
}

/** A course that is worth a picture. */
export interface ShownCourse extends KpiCourse {
  readonly kpi: KpiName;
  readonly title: string;
}

interface Judged {
  readonly source: RecoverySource;
  readonly course: KpiCourse;
  readonly kpi: KpiName;
  /** Median; undefined without values from before. */
  readonly before: number | undefined;
  readonly worst: number;
  /** Median. */
  readonly after: number;
  readonly broken: boolean;
  readonly stillBroken: boolean;
}

/**
 * Compares the KPIs of a service before, during and after an alert: whether what was said to be over is over. Undefined
 * while too few values are known, or when no KPI of the service showed the alert. Pure.
 */
export function judgeRecovery(input: RecoveryInput): Recovery | undefined {
  const told = SOURCES.flatMap((source) =>
    input.courses
      .filter(({ metric }) => metric === source.metric)
      .flatMap((course) => judge(source, course, input))
      .filter((one) => isTelling(one, input.focus)),
  );
  const judged = oneForEachKpi(told).toSorted((a, b) => rank(a, input.focus) - rank(b, input.focus));
  const [first] = judged;
  if (first === undefined) return undefined;
  const bad = judged.find(({ stillBroken }) => stillBroken);
  return {
    severity: bad === undefined ? 'ok' : 'warning',
    verdict: bad === undefined ? backVerdict(first, input) : stillVerdict(bad, input),
    lines: judged.map((one) => line(one, input.kpis)),
    shown: judged.map(({ course, kpi, source }) => ({ ...course, kpi, title: source.title })),
  };
}

/** The first source that shows the trouble speaks for its KPI, unless another one says that it goes on. */
function oneForEachKpi(judged: readonly Judged[]): readonly Judged[] {
  const speaker = (kpi: KpiName) => {
    const own = judged.filter((one) => one.kpi === kpi);
    return own.find(({ stillBroken }) => stillBroken) ?? own[0];
  };
  return judged.filter((one) => speaker(one.kpi) === one);
}

function judge(
  source: RecoverySource,
  course: KpiCourse,
  { kpis, focus, startedAt, resolvedAt }: RecoveryInput,
): readonly Judged[] {
  const { kpi } = source;
  const values = (from: number, to: number) =>
    course.points.filter(({ at }) => at > from && at <= to).map(({ value }) => value);
  const during = values(startedAt - BEFORE_ALERT_MS, resolvedAt);
  const after = values(resolvedAt, Number.POSITIVE_INFINITY);
  const [afterMedian, before] = [median(after), median(values(0, startedAt - BEFORE_ALERT_MS))];
  if (during.length === 0 || after.length < LEAST_AFTER || afterMedian === undefined) return [];
  const worst = KPI_DEFINITIONS[kpi].bound === 'max' ? Math.max(...during) : Math.min(...during);
  const wasBroken = kpi !== focus && before !== undefined && breaksKpi(kpis, kpi, before);
  return [
    {
      source,
      course,
      kpi,
      before,
      worst,
      after: afterMedian,
      broken: !wasBroken && breaksKpi(kpis, kpi, worst),
      stillBroken: !wasBroken && breaksKpi(kpis, kpi, afterMedian),
    },
  ];
}

function isTelling({ source, kpi, broken, worst, after }: Judged, focus: KpiName | undefined): boolean {
  if (broken || source.onlyBroken) return broken;
  const distance = Math.abs(worst - after) / Math.max(Math.abs(worst), Math.abs(after), Number.EPSILON);
  return kpi === focus && distance >= NOTABLE;
}

/** What the report spoke of goes first, then what broke its target. */
function rank({ kpi, broken }: Judged, focus: KpiName | undefined): number {
  return (kpi === focus ? 0 : 2) + (broken ? 0 : 1);
}

function backVerdict({ source, course, worst, after }: Judged, { service }: RecoveryInput): string {
  const value = (number: number) => formatValue(number, course.unit);
  return `Back to normal: ${source.title} of ${service} is ${value(after)}, after ${value(worst)} at its worst`;
}

function stillVerdict({ source, kpi, course, after }: Judged, { service, kpis }: RecoveryInput): string {
  const { unit } = KPI_DEFINITIONS[kpi];
  const target = formatValue(kpiTarget(kpis, kpi), unit);
  return `Resolved, but not back: ${source.title} of ${service} is still ${formatValue(after, course.unit)}, target ${target}`;
}

function line({ source, kpi, course, before, worst, after, broken }: Judged, kpis: KpiTargets): string {
  const { unit } = KPI_DEFINITIONS[kpi];
  const value = (number: number) => formatValue(number, course.unit);
  return [
    `${source.title}: ${value(after)} now`,
    `${value(worst)} at its worst`,
    ...(before === undefined ? [] : [`${value(before)} before`]),
    ...(broken ? [`target ${formatValue(kpiTarget(kpis, kpi), unit)}`] : []),
  ].join(', ');
}
