import type { MetricDefinition } from './metric-definition.ts';

/** Histograms of request durations as they are usually called, with what makes milliseconds of their unit. */
export const DURATION_HISTOGRAMS = [
  { name: 'http_request_duration_seconds', toMs: 1000 },
  { name: 'http_server_request_duration_seconds', toMs: 1000 },
  { name: 'http_server_duration_milliseconds', toMs: 1 },
  { name: 'http_request_duration_milliseconds', toMs: 1 },
] as const;
type DurationHistogram = (typeof DURATION_HISTOGRAMS)[number];

/** Labels under which client libraries and OpenTelemetry keep the status code. */
export const STATUS_LABELS = [
  'code',
  'status',
  'status_code',
  'http_response_status_code',
  'http_status_code',
] as const;
export type StatusLabel = (typeof STATUS_LABELS)[number];

interface RequestSource {
  readonly histogram: DurationHistogram | undefined;
  /** Counter of requests: `http_requests_total`, or the `_count` of the histogram. */
  readonly counter: string;
  readonly statusLabel: StatusLabel | undefined;
  readonly matcher: string;
  /** Range of the rates, for example `5m`: at least four scrapes. */
  readonly rateWindow: string;
}

/** The queries for response time, throughput and error rate of one service. All series are summed before the quantile. */
export function requestMetrics(source: RequestSource): readonly MetricDefinition[] {
  const { histogram, counter, statusLabel, matcher, rateWindow } = source;
  const rate = (more = '') => `sum(rate(${counter}{${matcher}${more}}[${rateWindow}]))`;
  const metrics: MetricDefinition[] = [
    { name: 'throughput_per_minute', unit: 'per_minute', query: `${rate()} * 60` },
  ];
  if (histogram !== undefined) {
    const buckets = `sum by (le) (rate(${histogram.name}_bucket{${matcher}}[${rateWindow}]))`;
    metrics.unshift({
      name: 'response_time_p95_ms',
      unit: 'ms',
      query: `histogram_quantile(0.95, ${buckets}) * ${histogram.toMs}`,
    });
  }
  if (statusLabel !== undefined) {
    // Without any error there is no series with 5xx: `or` puts the 0 in its place.
    const errors = `(${rate(`, ${statusLabel}=~"5.."`)} or 0 * ${rate()})`;
    metrics.push({ name: 'error_rate', unit: 'ratio', query: `${errors} / ${rate()}` });
  }
  return metrics;
}
