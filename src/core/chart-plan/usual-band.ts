import type { ChartBand } from '../chart.ts';
import type { Point } from '../evidence.ts';
import { MAD_TO_SIGMA, median, medianDeviation } from '../monitor/robust.ts';
import { formatValue, type Unit } from '../unit.ts';
import type { UsualRange } from './chart-plan-input.ts';
import { rangeText } from './chart-words.ts';

/** Fewer points say nothing about what is usual. */
const LEAST_POINTS = 20;

const SIGMAS = 2;

export interface BandOptions {
  readonly until: number;
  readonly usual: number | undefined;
  /** From long history; then the points shown do not matter. */
  readonly range?: UsualRange | undefined;
  readonly unit: Unit;
}

/**
 * The usual range: median and two robust standard deviations, of long history where there is one, else of the points
 * before `until`. With too few points it is the known usual value alone, or nothing.
 */
export function usualBand(
  points: readonly Point[],
  { until, usual, range, unit }: BandOptions,
): ChartBand | undefined {
  const known = range ?? rangeOf(points.filter(({ at }) => at < until));
  if (known === undefined) {
    return usual === undefined
      ? undefined
      : { lower: usual, upper: usual, label: `usual ${formatValue(usual, unit)}` };
  }
  const width = SIGMAS * MAD_TO_SIGMA * known.mad;
  const lower = Math.max(0, known.median - width);
  const upper =
    unit === 'ratio' && known.median <= 1 ? Math.min(1, known.median + width) : known.median + width;
  return { lower, upper, label: `usual ${rangeText(lower, upper, unit)}` };
}

function rangeOf(points: readonly Point[]): UsualRange | undefined {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  if (values.length < LEAST_POINTS) return undefined;
  const middle = median(values) ?? 0;
  return { median: middle, mad: medianDeviation(values, middle) };
}
