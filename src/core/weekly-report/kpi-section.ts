import type { ChartSpec, TimeChart } from '../chart.ts';
import { altText, chartId, plainText } from '../chart-plan/chart-words.ts';
import type { Point, Table } from '../evidence.ts';
import { KPI_DEFINITIONS } from '../kpi.ts';
import { changeText } from '../monitor/change-size.ts';
import type { EvidenceTable } from '../report.ts';
import { formatValue } from '../unit.ts';
import type { KpiWeek } from './kpi-week.ts';
import type { ReportWeek } from './report-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

/** The course of a KPI in both weeks, hourly; those of the week before keep their own times. */
export interface KpiCourse {
  readonly target: string;
  readonly metric: string;
  readonly now: readonly Point[];
  readonly before: readonly Point[];
}

/** KPIs whose course is drawn. */
export const MOST_COURSES = 2;
/** With fewer points there is no course. */
const LEAST_POINTS = 3;
const MOST_NAMES = 5;

/** Where the KPIs went: a table of all, a remark for each that changed much, and pictures of the largest changes. */
export function kpiSection(
  weeks: readonly KpiWeek[],
  courses: readonly KpiCourse[],
  week: ReportWeek,
): WeekSection {
  if (weeks.length === 0) {
    return emptySection('kpis', 'Nothing was measured in these two weeks.');
  }
  return {
    remarks: weeks.flatMap((one) => remark(one)),
    tables: [kpiTable(weeks)],
    charts: weeks
      .flatMap((one) => courseChart(one, courses, week) ?? [])
      .slice(0, MOST_COURSES) satisfies readonly ChartSpec[],
    unavailable: gaps(weeks),
  };
}

function remark(one: KpiWeek): readonly WeekRemark[] {
  const { service, title, now, before, unit, direction, missed, goal, size, kpi } = one;
  // What an availability below its target means is said by the error budget.
  if (now === undefined || (kpi === 'availability' && missed)) return [];
  const value = `${title} of ${service} ${formatValue(now, unit)}`;
  const wanted = goal === undefined ? '' : `, target ${formatValue(goal, unit)}`;
  if (direction === 'same' || before === undefined)
    return missed ? [{ text: `${value}${wanted}`, kind: 'off', severity: 'warning', weight: 1 }] : [];
  return [
    {
      text: `${value}, last week ${formatValue(before, unit)}${wanted}`,
      kind: direction === 'better' && missed ? 'off' : direction,
      severity: missed ? 'warning' : 'ok',
      weight: size,
    },
  ];
}

function kpiTable(weeks: readonly KpiWeek[]): EvidenceTable {
  return { ...comparisonTable(weeks), probe: 'monitor', service: ALL_SERVICES };
}

/** This week, the one before and the target, in the order of the KPIs given. */
function comparisonTable(weeks: readonly KpiWeek[]): Table {
  const show = (value: number | undefined, { unit }: KpiWeek) =>
    value === undefined ? null : formatValue(value, unit);
  return {
    name: 'kpis',
    title: 'KPIs of the week',
    columns: ['Service', 'KPI', 'This week', 'Last week', 'Change', 'Target'].map((title) => ({
      name: title.toLowerCase().replace(' ', '_'),
      title,
    })),
    rows: weeks.map((one) => [
      one.service,
      one.title,
      one.now === undefined ? 'not measured' : show(one.now, one),
      show(one.before, one),
      changeOf(one),
      one.goal === undefined ? null : `${show(one.goal, one)}${one.missed ? ' missed' : ''}`,
    ]),
  };
}

/** The change in words, or why there is none. */
function changeOf({ comparable, now, before, unit }: KpiWeek): string {
  if (!comparable || now === undefined || before === undefined) return 'too little history';
  // Availability moves by hundredths of a point.
  const fine = unit === 'ratio' && Math.abs(now - before) < 0.001 && now !== before;
  if (!fine) return changeText(before, now, unit);
  const points = (now - before) * 100;
  return `${points < 0 ? '-' : '+'}${Number(Math.abs(points).toPrecision(1))} points`;
}

function gaps(weeks: readonly KpiWeek[]): WeekSection['unavailable'] {
  const gone = weeks.filter(({ now }) => now === undefined);
  const services = [...new Set(gone.map(({ service }) => service))].filter((name) =>
    weeks.every(({ service, now }) => service !== name || now === undefined),
  );
  const isOwn = (metric: string) => (one: KpiWeek) =>
    one.metric === metric && one.now !== undefined && !one.target.startsWith('prometheus:');
  const own = weeks.filter(isOwn('response_time_p50_ms'));
  const young = weeks.filter(({ comparable, now }) => !comparable && now !== undefined);
  return [
    ...services.map((service) => ({
      probe: 'kpis',
      service,
      target: '',
      reason:
        'It was measured last week and not in this one: stopped, renamed or taken out of the inventory.',
    })),
    ...(own.length > 0
      ? [
          {
            probe: 'kpis',
            service: own.length === 1 ? (own[0]?.service ?? ALL_SERVICES) : ALL_SERVICES,
            target: '',
            reason: `No 95th percentile of all requests and no throughput in Prometheus for ${namesOf(own)}: the report uses the medians of perfbot's own three requests instead, and says nothing of throughput.`,
            mend: 'set PROMETHEUS_URL, and let Prometheus scrape http_request_duration_seconds of the service',
          },
        ]
      : []),
    ...(young.length > 0 && young.length === weeks.filter(({ now }) => now !== undefined).length
      ? [
          {
            probe: 'kpis',
            service: ALL_SERVICES,
            target: '',
            reason: 'Nothing can be compared yet: each week needs a day of measurements.',
          },
        ]
      : []),
  ];
}

function namesOf(weeks: readonly KpiWeek[]): string {
  const names = [...new Set(weeks.map(({ service }) => service))];
  const hidden = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
}

/** Both weeks over one another: the week before is moved to the days of this one. */
function courseChart(
  one: KpiWeek,
  courses: readonly KpiCourse[],
  { from, before: { from: beforeFrom } }: ReportWeek,
): TimeChart | undefined {
  const course = courses.find(({ target, metric }) => target === one.target && metric === one.metric);
  if (course === undefined || course.now.length < LEAST_POINTS || one.now === undefined) return undefined;
  const moved = course.before.map(({ at, value }) => ({ at: at + (from - beforeFrom), value }));
  const { title, unit, goal, kpi, service } = one;
  const wanted = goal === undefined ? undefined : `target ${formatValue(goal, unit)}`;
  return {
    kind: 'time',
    id: chartId('week', one.metric, one.target),
    title: plainText(`${title} of ${service}: ${changeWords(one)}`, 150),
    alt: altText([
      `${title} of ${plainText(service, 60)} this week ${formatValue(one.now, unit)},`,
      `last week ${one.before === undefined ? 'not measured' : formatValue(one.before, unit)}.`,
      goal === undefined ? undefined : `Target ${formatValue(goal, unit)}.`,
    ]),
    unit,
    lines: [
      ...(moved.length >= LEAST_POINTS ? [{ label: 'last week', points: moved }] : []),
      { label: 'this week', points: course.now, emphasis: true },
    ],
    marks: [],
    ...(goal !== undefined &&
      wanted !== undefined && {
        threshold: { value: goal, label: wanted, bound: KPI_DEFINITIONS[kpi].bound },
      }),
  };
}

function changeWords(one: KpiWeek): string {
  const value = one.now === undefined ? 'not measured' : formatValue(one.now, one.unit);
  return one.comparable ? `${value} (${changeOf(one)})` : value;
}
