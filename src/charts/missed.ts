import type { TimeChart } from '../core/chart.ts';

/** True when a value is on the wrong side of the chart's threshold. */
export function isMissed({ threshold }: Pick<TimeChart, 'threshold'>, value: number): boolean {
  if (threshold === undefined) return false;
  return threshold.bound === 'min' ? value < threshold.value : value > threshold.value;
}
