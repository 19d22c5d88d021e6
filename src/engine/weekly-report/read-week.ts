import type { Service } from '../../core/inventory/service.ts';
import { createWeekSlot } from '../../core/monitor/week-slot.ts';
import { firstKpi, type ReportFocus } from '../../core/report/report-focus.ts';
import type { Report } from '../../core/report.ts';
import {
  AVAILABILITY_METRICS,
  availabilities,
  availabilitySection,
} from '../../core/weekly-report/availability-section.ts';
import { buildWeeklyReport } from '../../core/weekly-report/build-weekly-report.ts';
import { CAPACITY_METRICS, capacitySection } from '../../core/weekly-report/capacity-section.ts';
import { ENDPOINT_METRICS, endpointSection } from '../../core/weekly-report/endpoint-section.ts';
import { incidentSection } from '../../core/weekly-report/incident-section.ts';
import type { KpiCourse } from '../../core/weekly-report/kpi-course.ts';
import { kpiSection, MOST_COURSES } from '../../core/weekly-report/kpi-section.ts';
import { type KpiWeek, kpiWeeks, WEEK_METRICS, type WeekStats } from '../../core/weekly-report/kpi-week.ts';
import { type ReportWeek, reportWeek, type Span } from '../../core/weekly-report/report-week.ts';
import { emptySection, type WeekSection } from '../../core/weekly-report/section.ts';
import { statementSection } from '../../core/weekly-report/statement-section.ts';
import { withUsual } from '../monitor/with-usual.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { StatementStore } from '../ports/statement-store.ts';
import type { WeekStore } from '../ports/week-store.ts';

/** A forecast looks back over so many days. */
const LOOK_BACK_MS = 28 * 24 * 60 * 60_000;
/** More incidents than that make no difference to a week. */
const MOST_INCIDENTS = 1000;

export interface ReadWeekOptions {
  readonly weeks: WeekStore;
  readonly statements: Pick<StatementStore, 'weeks'>;
  readonly baselines: Pick<BaselineStore, 'series' | 'points' | 'usual' | 'usualOf'>;
  /** Zone of the hours of the week that have usual values. */
  readonly timezone: string;
  readonly now: Clock;
  readonly log: Logger;
}

export interface WeekRequest {
  readonly runId: string;
  /** The report is about the week of this moment, in this zone. */
  readonly at: number;
  readonly timezone: string;
  /** Undefined: all services. */
  readonly service: string | undefined;
  readonly services: readonly Service[];
}

interface Scope extends WeekRequest {
  readonly week: ReportWeek;
}

/** The report of a week. A part that cannot be read says so and does not stop the others. */
export async function readWeek(options: ReadWeekOptions, request: WeekRequest): Promise<Report> {
  const { now } = options;
  const startedAt = now();
  const scope = { ...request, week: reportWeek(request.at, request.timezone) };
  const kpis = await attempt(options, 'kpis', () => readKpis(options, scope));
  const sections = [
    kpis.section,
    ...(await Promise.all(
      PARTS.map(async ({ part, read }) => (await attempt(options, part, () => read(options, scope))).section),
    )),
  ];
  return buildWeeklyReport({
    runId: request.runId,
    week: scope.week,
    service: request.service,
    sections,
    comparable: kpis.comparable ?? false,
    focus: kpis.focus,
    startedAt,
    finishedAt: now(),
  });
}

interface Read {
  readonly section: WeekSection;
  readonly comparable?: boolean;
  readonly focus?: ReportFocus | undefined;
}

const PARTS: readonly {
  readonly part: string;
  read(options: ReadWeekOptions, scope: Scope): Promise<Read>;
}[] = [
  { part: 'availability', read: readAvailability },
  { part: 'endpoints', read: readEndpoints },
  { part: 'statements', read: readStatements },
  { part: 'capacity', read: readCapacity },
  { part: 'incidents', read: readIncidents },
];

async function attempt({ log }: ReadWeekOptions, part: string, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    log.error({ err: error, part }, 'weekly report without a part');
    return { section: emptySection(part, 'It could not be read; the log says why.') };
  }
}

async function readKpis(options: ReadWeekOptions, scope: Scope): Promise<Read> {
  const { week, services } = scope;
  const now = await statsOf(options, scope, WEEK_METRICS, week);
  const before = await statsOf(options, scope, WEEK_METRICS, week.before);
  const weeks = await withUsual(options.baselines, kpiWeeks(now, before, services));
  const courses = await coursesOf(options, weeks, week);
  return {
    section: kpiSection(weeks, courses, week),
    comparable: weeks.some(({ comparable }) => comparable),
    focus: firstKpi(weeks.filter((one) => one.now !== undefined)),
  };
}

async function readAvailability(options: ReadWeekOptions, scope: Scope): Promise<Read> {
  const stats = await statsOf(options, scope, AVAILABILITY_METRICS, scope.week);
  return {
    section: availabilitySection(availabilities(stats, scope.week, scope.services), scope.week),
  };
}

async function readEndpoints(options: ReadWeekOptions, scope: Scope): Promise<Read> {
  const { week, services } = scope;
  const now = await statsOf(options, scope, ENDPOINT_METRICS, { ...week, parts: true });
  const before = await statsOf(options, scope, ENDPOINT_METRICS, { ...week.before, parts: true });
  return { section: endpointSection(now, before, services) };
}

async function readStatements({ statements }: ReadWeekOptions, scope: Scope): Promise<Read> {
  const { week } = scope;
  const found = await statements.weeks({ ...spanOf(week), before: week.before });
  return { section: statementSection(found.filter(isWanted(scope)), week) };
}

/** The used shares that a forecast is made of, up to a moment. */
export function readShares(
  { weeks }: Pick<ReadWeekOptions, 'weeks'>,
  to: number,
): ReturnType<WeekStore['daily']> {
  return weeks.daily({ metrics: CAPACITY_METRICS, from: to - LOOK_BACK_MS, to });
}

async function readCapacity(options: ReadWeekOptions, scope: Scope): Promise<Read> {
  const shares = await readShares(options, scope.week.to);
  return { section: capacitySection(shares.filter(isWanted(scope))) };
}

async function readIncidents({ weeks }: ReadWeekOptions, scope: Scope): Promise<Read> {
  const { week } = scope;
  const now = await weeks.incidents({ ...spanOf(week), limit: MOST_INCIDENTS });
  const before = await weeks.incidents({ ...spanOf(week.before), limit: MOST_INCIDENTS });
  const wanted = isWanted(scope);
  return { section: incidentSection(now.filter(wanted), before.filter(wanted).length, week) };
}

/** One metric after the other: each is a short statement, also with many services. */
async function statsOf(
  { weeks }: ReadWeekOptions,
  scope: Scope,
  metrics: readonly string[],
  { parts = false, ...span }: Span & { readonly parts?: boolean },
): Promise<readonly WeekStats[]> {
  const found: WeekStats[] = [];
  for (const metric of metrics) found.push(...(await weeks.stats({ metric, parts, ...spanOf(span) })));
  return found.filter(isWanted(scope));
}

/** Both weeks of the KPIs that are drawn, by the hour. */
async function coursesOf(
  { baselines, timezone }: ReadWeekOptions,
  weeks: readonly KpiWeek[],
  week: ReportWeek,
): Promise<readonly KpiCourse[]> {
  const drawn = weeks.filter(({ now }) => now !== undefined).slice(0, MOST_COURSES);
  if (drawn.length === 0) return [];
  const series = await baselines.series();
  const slotOf = createWeekSlot(timezone);
  const courses: KpiCourse[] = [];
  for (const { target, metric } of drawn) {
    const id = series.find((one) => one.target === target && one.metric === metric)?.id;
    if (id === undefined) continue;
    const points = (span: Span) => baselines.points({ series: id, resolution: '1h', ...spanOf(span) });
    const usual = { values: await baselines.usualOf(id), slotOf };
    courses.push({ target, metric, now: await points(week), before: await points(week.before), usual });
  }
  return courses;
}

function isWanted({ service }: Scope): (one: { readonly service: string | undefined }) => boolean {
  return (one) => service === undefined || one.service === service;
}

function spanOf({ from, to }: Span): Span {
  return { from, to };
}
