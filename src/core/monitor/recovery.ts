import { KPI_METRICS } from '../checks/kpi-metrics.ts';
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
  readonly shown: readonly KpiCourse[];
}

interface Judged {
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
  const judged = firstSources(input.courses)
    .flatMap((course) => judge(course, input))
    .filter((one) => isTelling(one, input.focus))
    .toSorted((a, b) => rank(a, input.focus) - rank(b, input.focus));
  const [first] = judged;
  if (first === undefined) return undefined;
  const bad = judged.find(({ stillBroken }) => stillBroken);
  return {
    severity: bad === undefined ? 'ok' : 'warning',
    verdict: bad === undefined ? backVerdict(first, input) : stillVerdict(bad, input),
    lines: judged.map((one) => line(one, input.kpis)),
    shown: judged.map(({ course }) => course),
  };
}

/** The first source that has values speaks for a KPI, as in reports. */
function firstSources(courses: readonly KpiCourse[]): readonly (KpiCourse & { readonly kpi: KpiName })[] {
  const seen = new Set<KpiName>();
  return KPI_METRICS.flatMap(({ kpi, metric }) => {
    const course = courses.find((one) => one.metric === metric);
    if (course === undefined || seen.has(kpi)) return [];
    seen.add(kpi);
    return [{ ...course, kpi }];
  });
}

function judge(
  { kpi, ...course }: KpiCourse & { readonly kpi: KpiName },
  { kpis, startedAt, resolvedAt }: RecoveryInput,
): readonly Judged[] {
  const values = (from: number, to: number) =>
    course.points.filter(({ at }) => at > from && at <= to).map(({ value }) => value);
  const during = values(startedAt - BEFORE_ALERT_MS, resolvedAt);
  const after = values(resolvedAt, Number.POSITIVE_INFINITY);
  const [afterMedian, before] = [median(after), median(values(0, startedAt - BEFORE_ALERT_MS))];
  if (during.length === 0 || after.length < LEAST_AFTER || afterMedian === undefined) return [];
  const worst = KPI_DEFINITIONS[kpi].bound === 'max' ? Math.max(...during) : Math.min(...during);
  return [
    {
      course,
      kpi,
      before,
      worst,
      after: afterMedian,
      broken: breaksKpi(kpis, kpi, worst),
      stillBroken: breaksKpi(kpis, kpi, afterMedian),
    },
  ];
}

function isTelling({ kpi, broken, worst, after }: Judged, focus: KpiName | undefined): boolean {
  const distance = Math.abs(worst - after) / Math.max(Math.abs(worst), Math.abs(after), Number.EPSILON);
  return broken || (kpi === focus && distance >= NOTABLE);
}

/** What the report spoke of goes first, then what broke its target. */
function rank({ kpi, broken }: Judged, focus: KpiName | undefined): number {
  return (kpi === focus ? 0 : 2) + (broken ? 0 : 1);
}

function backVerdict({ kpi, course, worst, after }: Judged, { service }: RecoveryInput): string {
  const { title } = KPI_DEFINITIONS[kpi];
  const value = (number: number) => formatValue(number, course.unit);
  return `Back to normal: ${title} of ${service} is ${value(after)}, after ${value(worst)} at its worst`;
}

function stillVerdict({ kpi, course, after }: Judged, { service, kpis }: RecoveryInput): string {
  const { title, unit } = KPI_DEFINITIONS[kpi];
  const target = formatValue(kpiTarget(kpis, kpi), unit);
  return `Resolved, but not back: ${title} of ${service} is still ${formatValue(after, course.unit)}, target ${target}`;
}

function line({ kpi, course, before, worst, after, broken }: Judged, kpis: KpiTargets): string {
  const { title, unit } = KPI_DEFINITIONS[kpi];
  const value = (number: number) => formatValue(number, course.unit);
  return [
    `${title}: ${value(after)} now`,
    `${value(worst)} at its worst`,
    ...(before === undefined ? [] : [`${value(before)} before`]),
    ...(broken ? [`target ${formatValue(kpiTarget(kpis, kpi), unit)}`] : []),
  ].join(', ');
}
