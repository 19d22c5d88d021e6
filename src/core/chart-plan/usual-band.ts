import type { TimeChart } from '../chart.ts';
import type { Point } from '../evidence.ts';
import { formatValue, type Unit } from '../unit.ts';
import { rangeText } from './chart-words.ts';

/** Fewer points say nothing about what is usual. */
const LEAST_POINTS = 20;

/** Turns the median absolute deviation into a standard deviation of normal noise (Rousseeuw and Croux, 1993). */
const MAD_TO_SIGMA = 1.4826;
const SIGMAS = 2;

/**
 * The usual range from the points before `until`: median and two robust standard deviations. With too few points it is
 * the known usual value alone, or nothing.
 */
export function usualBand(
  points: readonly Point[],
  { until, usual, unit }: { readonly until: number; readonly usual: number | undefined; readonly unit: Unit },
): TimeChart['band'] {
  const before = points
    .filter(({ at, value }) => at < until && Number.isFinite(value))
    .map(({ value }) => value);
  if (before.length < LEAST_POINTS) {
    return usual === undefined
      ? undefined
      : { lower: usual, upper: usual, label: `usual ${formatValue(usual, unit)}` };
  }
  const middle = median(before);
  const width = SIGMAS * MAD_TO_SIGMA * median(before.map((value) => Math.abs(value - middle)));
  const lower = Math.max(0, middle - width);
  const upper = unit === 'ratio' && middle <= 1 ? Math.min(1, middle + width) : middle + width;
  return { lower, upper, label: `usual ${rangeText(lower, upper, unit)}` };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[half]];
  return (low + high) / 2;
}
