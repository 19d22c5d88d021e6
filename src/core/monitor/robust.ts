/** Turns the median absolute deviation into a standard deviation of normal noise (Rousseeuw and Croux, 1993). */
export const MAD_TO_SIGMA = 1.4826;

/** Median, or undefined for no values. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[half]];
  return (low + high) / 2;
}

/** Median absolute deviation from `middle`: half of the values lie no further from it. */
export function medianDeviation(values: readonly number[], middle: number): number {
  return median(values.map((value) => Math.abs(value - middle))) ?? 0;
}
