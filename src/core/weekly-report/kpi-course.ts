import type { ChartBand, TimeChart } from '../chart.ts';
import { altText, chartId, plainText } from '../chart-plan/chart-words.ts';
import type { Point } from '../evidence.ts';
import { KPI_DEFINITIONS } from '../kpi.ts';
import { changeText } from '../monitor/change-size.ts';
import { bandWords, type KnownHours, usualCourse } from '../monitor/usual-course.ts';
import { formatValue, type Unit } from '../unit.ts';
import type { KpiWeek } from './kpi-week.ts';
import type { ReportWeek } from './report-week.ts';

/** The course of a KPI in both weeks, hourly; those of the week before keep their own times. */
export interface KpiCourse {
  readonly target: string;
  readonly metric: string;
  readonly now: readonly Point[];
  readonly before: readonly Point[];
  readonly usual: KnownHours;
}

/** With fewer points there is no course. */
const LEAST_POINTS = 3;

/** Both weeks over one another: the week before is moved to the days of this one. */
export function courseChart(
  one: KpiWeek,
  courses: readonly KpiCourse[],
  { from, before: { from: beforeFrom } }: ReportWeek,
): TimeChart | undefined {
  const course = courses.find(({ target, metric }) => target === one.target && metric === one.metric);
  if (course === undefined || course.now.length < LEAST_POINTS || one.now === undefined) return undefined;
  const moved = course.before.map(({ at, value }) => ({ at: at + (from - beforeFrom), value }));
  const { title, unit, goal, kpi, service } = one;
  const band = bandOf(course, unit);
  const wanted = goal === undefined ? undefined : `target ${formatValue(goal, unit)}`;
  return {
    kind: 'time',
    id: chartId('week', one.metric, one.target),
    title: plainText(`${title} of ${service}: ${changeWords(one)}`, 150),
    alt: altText([
      `${title} of ${plainText(service, 60)} this week ${formatValue(one.now, unit)},`,
      `last week ${one.before === undefined ? 'not measured' : formatValue(one.before, unit)}.`,
      band && bandWords(band, unit),
      goal === undefined ? undefined : `Target ${formatValue(goal, unit)}.`,
    ]),
    unit,
    lines: [
      ...(moved.length >= LEAST_POINTS ? [{ label: 'last week', points: moved }] : []),
      { label: 'this week', points: course.now, emphasis: true },
    ],
    marks: [],
    ...(band && { band }),
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

function bandOf({ now, usual }: KpiCourse, unit: Unit): ChartBand | undefined {
  const [first, last] = [now[0], now[now.length - 1]];
  return first && last && usualCourse(usual, { from: first.at, to: last.at, unit });
}

/** The change in words, or why there is none. */
export function changeOf({ comparable, now, before, unit }: KpiWeek): string {
  if (!comparable || now === undefined || before === undefined) return 'too little history';
  // Availability moves by hundredths of a point.
  const fine = unit === 'ratio' && Math.abs(now - before) < 0.001 && now !== before;
  if (!fine) return changeText(before, now, unit);
  const points = (now - before) * 100;
  return `${points < 0 ? '-' : '+'}${Number(Math.abs(points).toPrecision(1))} points`;
}
