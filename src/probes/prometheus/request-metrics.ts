import type { FoundMetric } from './metric-definition.ts';

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

/** An hour of a quiet night says nothing of 99.9 %; more days than this are too many samples for one query. */
const AVAILABILITY_WINDOW = '1d';

/** The queries for response time, throughput, errors and availability of one service. All series are summed before the quantile. */
export function requestMetrics(source: RequestSource): readonly FoundMetric[] {
  const { histogram, counter, statusLabel, matcher, rateWindow } = source;
  const rate = (more = '', window = rateWindow) => `sum(rate(${counter}{${matcher}${more}}[${window}]))`;
  const metrics: FoundMetric[] = [
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
    const errors = (window: string) =>
      `(${rate(`, ${statusLabel}=~"5.."`, window)} or 0 * ${rate('', window)}) / ${rate('', window)}`;
    metrics.push(
      { name: 'error_rate', unit: 'ratio', query: errors(rateWindow) },
      { name: 'availability_1d', unit: 'ratio', query: `1 - ${errors(AVAILABILITY_WINDOW)}`, once: true },
    );
  }
  return metrics;
}
