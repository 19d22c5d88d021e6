/** Fewer samples than this have no 95th percentile of their own: it would be the maximum (1 / (1 - 0.95)). */
export const LEAST_SAMPLES_FOR_P95 = 20;

/** Percentile by nearest rank, `share` 0..1; undefined for no values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The 95th percentile, or undefined below 20 values. */
export function p95(values: readonly number[]): number | undefined {
  return values.length < LEAST_SAMPLES_FOR_P95 ? undefined : percentile(values, 0.95);
}
