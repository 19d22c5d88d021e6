import { metricTitle } from '../chart-plan/chart-words.ts';
import type { Table } from '../evidence.ts';
import { formatDuration, formatValue, type Unit } from '../unit.ts';
import { changeSize, changeText } from './change-size.ts';

/** A day in each period is the least that can be compared. */
const LEAST_HOURS = 24;
const HOUR_MS = 60 * 60_000;

/** One metric of one target over a period and over the one of the same length before it. */
export interface PeriodChange {
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
  /** Median of the hourly means, or undefined without any. */
  readonly before: number | undefined;
  readonly now: number | undefined;
  /** The usual value over all hours; absent: not enough history. */
  readonly usual?: number | undefined;
  /** Hours with measured values in each period. */
  readonly hoursBefore: number;
  readonly hoursNow: number;
}

/** The biggest changes first; what cannot be compared comes last. */
export function rankChanges(changes: readonly PeriodChange[]): readonly PeriodChange[] {
  const size = (change: PeriodChange) => {
    const { before, now, unit } = change;
    return isComparable(change) && before !== undefined && now !== undefined
      ? changeSize(before, now, unit)
      : -1;
  };
  return changes
    .filter(({ now }) => now !== undefined)
    .toSorted((a, b) => size(b) - size(a) || nameOf(a).localeCompare(nameOf(b)));
}

/** True when both periods were measured for at least a day. */
export function isComparable({ hoursBefore, hoursNow }: PeriodChange): boolean {
  return hoursBefore >= LEAST_HOURS && hoursNow >= LEAST_HOURS;
}

/** The changes as a table, in their order. */
export function trendTable(ranked: readonly PeriodChange[], period: string): Table {
  return {
    name: 'trends',
    title: `Median of the last ${period} and of the ${period} before`,
    columns: ['Service', 'Metric', 'Now', 'Before', 'Usual', 'Change', 'Measured'].map((title) => ({
      name: title.toLowerCase(),
      title,
    })),
    rows: ranked.map((change) => {
      const { service, metric, unit, now, before, usual, hoursNow, hoursBefore } = change;
      const show = (value: number | undefined) => (value === undefined ? null : formatValue(value, unit));
      return [
        service,
        metricTitle(metric),
        show(now),
        show(before),
        show(usual) ?? 'not enough history',
        isComparable(change) && now !== undefined && before !== undefined
          ? changeText(before, now, unit)
          : 'not enough history',
        `${hoursNow} h, before ${hoursBefore} h`,
      ];
    }),
  };
}

/** The first line: what changed most, or that there is nothing to compare with yet. */
export function trendVerdict(ranked: readonly PeriodChange[], period: string): string {
  const comparable = ranked.filter(isComparable);
  if (ranked.length === 0) return 'Nothing has been measured for an hour yet.';
  if (comparable.length === 0) {
    const longest = Math.max(...ranked.map(({ hoursNow }) => hoursNow));
    return `Not enough history to compare: the ${period} before need at least a day of values; measured so far ${formatDuration(longest * HOUR_MS)}.`;
  }
  const changed = comparable.filter(({ before = 0, now = 0, unit }) => changeSize(before, now, unit) >= 1);
  const [first] = changed;
  if (first === undefined) return `Nothing changed much in the last ${period}.`;
  const { service, metric, unit, before = 0, now = 0 } = first;
  const more = changed.length > 1 ? `; ${changed.length - 1} more changed` : '';
  return `Biggest change in the last ${period}: ${metricTitle(metric)} of ${service} ${formatValue(before, unit)} to ${formatValue(now, unit)} (${changeText(before, now, unit)})${more}.`;
}

function nameOf({ service, metric }: PeriodChange): string {
  return `${service} ${metric}`;
}
