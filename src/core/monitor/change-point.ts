import type { Point } from '../evidence.ts';
import type { Unit } from '../unit.ts';
import { changeSize } from './change-size.ts';
import { MAD_TO_SIGMA, median, medianDeviation } from './robust.ts';

/** With fewer points on one side a level is not known. */
const LEAST_POINTS = 6;
/** How many standard deviations of the noise the two levels must lie apart. */
const LEAST_SIGMAS = 4;

export interface ChangePoint {
  /** Time of the first point of the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The moment from which the values lie on another level, or undefined when there is none that stands out of the noise.
 * Of all splits it takes the one with the least absolute deviation from the medians of both sides; a daily rhythm raises
 * the noise and with it the bar. One point of change: the largest.
 */
export function findChangePoint(points: readonly Point[], unit: Unit): ChangePoint | undefined {
  const values = points.map(({ value }) => value);
  let best: { readonly index: number; readonly cost: number } | undefined;
  for (let index = LEAST_POINTS; index <= values.length - LEAST_POINTS; index += 1) {
    const cost = spread(values.slice(0, index)) + spread(values.slice(index));
    if (best === undefined || cost < best.cost) best = { index, cost };
  }
  const first = best && points[best.index];
  if (best === undefined || first === undefined) return undefined;
  const left = values.slice(0, best.index);
  const right = values.slice(best.index);
  const before = median(left) ?? 0;
  const after = median(right) ?? 0;
  const noise = MAD_TO_SIGMA * Math.max(medianDeviation(left, before), medianDeviation(right, after));
  if (Math.abs(after - before) < LEAST_SIGMAS * noise || changeSize(before, after, unit) < 1)
    return undefined;
  return { at: first.at, before, after };
}

/** Sum of the distances from the median. */
function spread(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}
