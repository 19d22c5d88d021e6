import type { ChartMark, TimeChart } from '../core/chart.ts';
import type { DrawnLine } from './time-lines.ts';
import { type ValueAxis, valueAxis } from './value-axis.ts';

/** A threshold this many times above all values is named at the edge: drawn to scale it would flatten the lines. */
const FAR_AWAY = 8;

/** Share of the range by which a mark may lie outside the points and still widen the picture. */
const WIDEN = 0.15;

/** Marks that fit above a picture. */
const MOST_MARKS = 5;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The values to show, with room above the highest. Starts at 0, except for shares that are always near 100 %. */
export function valueRange(spec: TimeChart, lines: readonly DrawnLine[], steps: number): ValueAxis {
  const { low, high } = extent(spec, lines);
  const { unit, threshold } = spec;
  if (unit === 'ratio' && threshold?.bound === 'min') return nearlyAll(Math.min(low, threshold.value), steps);
  const top = high > 0 ? high : unit === 'ratio' ? 0.1 : 1;
  const room = unit === 'ratio' && top <= 1 ? Math.min(1, top * 1.06) : top * 1.06;
  return valueAxis({ min: Math.min(0, low), max: room, unit, steps });
}

function extent({ band, threshold }: TimeChart, lines: readonly DrawnLine[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Math.max(band?.upper ?? 0, ...(band?.points ?? []).map(({ upper }) => upper));
  for (const { y } of lines.flatMap(({ points }) => points)) {
    if (y < low) low = y;
    if (y > high) high = y;
  }
  const near = threshold !== undefined && (high <= 0 || threshold.value <= high * FAR_AWAY);
  return { low, high: near ? Math.max(high, threshold.value) : high };
}

function nearlyAll(low: number, steps: number): ValueAxis {
  const axis = valueAxis({ min: Math.max(0, 1 - (1 - low) * 1.15), max: 1, unit: 'ratio', steps });
  return { ...axis, max: 1 };
}

/** From the first to the last point; a single point gets ten minutes around it. */
export function timeSpan(lines: readonly DrawnLine[], marks: readonly ChartMark[]): Span {
  const moments = lines.flatMap(({ points }) => [points[0]?.x ?? 0, points[points.length - 1]?.x ?? 0]);
  let from = Math.min(...moments);
  let to = Math.max(...moments);
  if (to - from < 1000) return { from: from - 5 * 60_000, to: to + 5 * 60_000 };
  const reach = (to - from) * WIDEN;
  for (const { at } of marks) {
    if (at < from && at >= from - reach) from = at;
    if (at > to && at <= to + reach) to = at;
  }
  return { from, to };
}

/** The marks inside the picture in time order; when they are too many the changes far from the onset are left out. */
export function visibleMarks(spec: TimeChart, { from, to }: Span): readonly ChartMark[] {
  const inside = spec.marks.filter(({ at }) => at >= from && at <= to);
  const onset = inside.find(({ kind }) => kind === 'onset')?.at ?? to;
  const weight = (mark: ChartMark): number => (mark.kind === 'change' ? 1 + Math.abs(mark.at - onset) : 0);
  return inside
    .toSorted((a, b) => weight(a) - weight(b))
    .slice(0, MOST_MARKS)
    .sort((a, b) => a.at - b.at);
}
