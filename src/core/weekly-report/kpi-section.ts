import type { ChartSpec } from '../chart.ts';
import type { Table } from '../evidence.ts';
import type { EvidenceTable } from '../report.ts';
import { formatValue } from '../unit.ts';
import { changeOf, courseChart, type KpiCourse } from './kpi-course.ts';
import type { KpiWeek } from './kpi-week.ts';
import type { ReportWeek } from './report-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

/** KPIs whose course is drawn. */
export const MOST_COURSES = 2;
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

/** This week, the one before, what is usual and the target, in the order of the KPIs given. */
function comparisonTable(weeks: readonly KpiWeek[]): Table {
  const show = (value: number | undefined, { unit }: KpiWeek) =>
    value === undefined ? null : formatValue(value, unit);
  return {
    name: 'kpis',
    title: 'KPIs of the week',
    columns: ['Service', 'KPI', 'This week', 'Last week', 'Usual (median)', 'Change', 'Target'].map(
      (title) => ({
        name: title.toLowerCase().replace(' (median)', '').replace(' ', '_'),
        title,
      }),
    ),
    rows: weeks.map((one) => [
      one.service,
      one.title,
      one.now === undefined ? 'not measured' : show(one.now, one),
      show(one.before, one),
      show(one.usual, one) ?? 'not enough history',
      changeOf(one),
      one.goal === undefined ? null : `${show(one.goal, one)}${one.missed ? ' missed' : ''}`,
    ]),
  };
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
