import { median } from '../monitor/robust.ts';

/** A straight line through points, with an interval for its slope. */
export interface TrendLine {
  /** Per unit of x. */
  readonly slope: number;
  /** 90 % interval of the slope. */
  readonly lowest: number;
  readonly highest: number;
  /** Value of the line at x. */
  valueAt(x: number): number;
}

/** Quantile of the normal distribution that leaves 5 % on either side. */
const Z_90 = 1.645;
const LEAST_POINTS = 4;

/**
 * The line whose slope is the median of the slopes of all pairs: up to 29 % of wild points do not bend it. The interval
 * is the one of Kendall's tau (Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968). Undefined
 * for fewer than four points.
 */
export function theilSen(
  points: readonly { readonly x: number; readonly y: number }[],
): TrendLine | undefined {
  const slopes = points
    .flatMap((a, index) =>
      points.slice(index + 1).flatMap((b) => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
    )
    .sort((a, b) => a - b);
  const slope = median(slopes);
  if (points.length < LEAST_POINTS || slope === undefined) return undefined;
  const n = points.length;
  const width = Z_90 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const low = Math.max(0, Math.floor((slopes.length - width) / 2));
  const high = Math.min(slopes.length - 1, Math.ceil((slopes.length + width) / 2));
  const offset = median(points.map(({ x, y }) => y - slope * x)) ?? 0;
  return {
    slope,
    lowest: slopes[low] ?? slope,
    highest: slopes[high] ?? slope,
    valueAt: (x) => offset + slope * x,
  };
}
