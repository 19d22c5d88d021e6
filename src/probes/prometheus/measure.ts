import type { Gap, Metric, Series } from '../../core/evidence.ts';
import type { LabelledSeries } from './client.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** What one query told. */
export interface Measurement {
  readonly metrics: readonly Metric[];
  readonly series: readonly Series[];
  readonly gaps: readonly Gap[];
}

const MOST_SERIES = 20;

/**
 * Turns the answer to a range query into a metric (the value at its end) and its series. No series is a gap and never 0;
 * NaN is "nothing to measure", for example a quantile or a share of no requests.
 */
export function toMeasurement(
  definition: MetricDefinition,
  answer: readonly LabelledSeries[],
  range: { readonly to: number; readonly stepMs: number },
): Measurement {
  const { name, unit } = definition;
  const gap = (reason: string): Gap => ({ what: name, reason });
  const series = answer
    .map(({ labels, points }) => ({
      name,
      unit,
      points: points.filter(({ value }) => Number.isFinite(value)),
      ...(answer.length > 1 && { label: toText(labels) }),
    }))
    .filter(({ points }) => points.length > 0)
    .slice(0, MOST_SERIES);
  const [only, ...others] = answer;
  if (only === undefined) return { metrics: [], series, gaps: [gap('Prometheus has no data for it')] };
  if (others.length > 0) {
    const reason = `the query answers ${answer.length} series; aggregate them, for example with sum(…)`;
    return { metrics: [], series, gaps: [gap(reason)] };
  }
  const last = only.points.at(-1);
  // A series that ended is marked stale: its last value is not the value now.
  if (last === undefined || last.at < range.to - 2 * range.stepMs)
    return { metrics: [], series, gaps: [gap('the series ended before now')] };
  if (!Number.isFinite(last.value))
    return { metrics: [], series, gaps: [gap('no traffic in the window, so there is nothing to divide by')] };
  return { metrics: [{ name, value: last.value, unit }], series, gaps: [] };
}

function toText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  return pairs.map(([name, value]) => `${name}=${value}`).join(', ') || 'all';
}
