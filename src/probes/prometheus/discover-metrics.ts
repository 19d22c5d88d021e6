import type { Gap } from '../../core/evidence.ts';
import type { PrometheusClient } from './client.ts';
import type { FoundMetric } from './metric-definition.ts';
import { DURATION_HISTOGRAMS, requestMetrics, STATUS_LABELS, type StatusLabel } from './request-metrics.ts';
import { RESOURCE_METRICS } from './resource-metrics.ts';
import { findSelector, type SelectorSearch } from './selector.ts';
import { findSlowRoutes } from './slow-routes.ts';

/** What can be asked of a service, found out from the names and labels that Prometheus has. */
export interface DiscoveredMetrics {
  readonly definitions: readonly FoundMetric[];
  /** Highest finite bucket in milliseconds: no quantile can be above it. */
  readonly topBucketMs?: number;
  /** Query for the slowest routes, where they are wanted and told apart. */
  readonly routes?: string;
  readonly gaps: readonly Gap[];
}

interface DiscoveryOptions extends SelectorSearch {
  readonly client: PrometheusClient;
  readonly service: string;
  readonly rateWindow: string;
  /** Names of the metrics that are asked for; empty: all that there are. */
  readonly wanted: readonly string[];
  /** How many of the slowest routes; 0: none. */
  readonly routes: number;
}

/** Looks for the usual names of request and resource metrics and builds the queries for those that are there. */
export async function discoverMetrics(options: DiscoveryOptions): Promise<DiscoveredMetrics> {
  const names = new Set(await options.client.metricNames(options.signal));
  const isWanted = ({ name }: FoundMetric) => options.wanted.length === 0 || options.wanted.includes(name);
  const requests = await discoverRequests(names, options);
  const resources: FoundMetric[] = [];
  for (const { needs, toDefinition } of RESOURCE_METRICS) {
    if (!names.has(needs) || !isWanted(toDefinition('', options.rateWindow))) continue;
    const selector = await findSelector(needs, options);
    if (selector) resources.push(toDefinition(selector.matcher, options.rateWindow));
  }
  return { ...requests, definitions: [...requests.definitions.filter(isWanted), ...resources] };
}

async function discoverRequests(
  names: ReadonlySet<string>,
  options: DiscoveryOptions,
): Promise<DiscoveredMetrics> {
  const { service, rateWindow } = options;
  const histogram = DURATION_HISTOGRAMS.find(({ name }) => names.has(`${name}_bucket`));
  const counter = ['http_requests_total', ...(histogram ? [`${histogram.name}_count`] : [])].find((name) =>
    names.has(name),
  );
  const missing = (reason: string, mend: string): DiscoveredMetrics => ({
    definitions: [],
    gaps: [{ what: `requests of ${service} in Prometheus`, reason, mend }],
  });
  if (counter === undefined) {
    return missing(
      'Prometheus has no request metrics under a usual name',
      'expose http_request_duration_seconds (prom-client) and let Prometheus scrape it',
    );
  }
  const selector = await findSelector(counter, options);
  if (selector === undefined) {
    return missing(
      `no label of ${counter} names ${service}`,
      `scrape it under job_name: ${service}, or name the service as its job in services.yaml`,
    );
  }
  const { matcher } = selector;
  const statusLabel = await findStatusLabel(counter, matcher, options);
  const routes = histogram && (await findSlowRoutes({ histogram, matcher }, options));
  const topBucketMs = histogram && (await findTopBucket(histogram.name, matcher, options));
  return {
    definitions: requestMetrics({ histogram, counter, statusLabel, matcher, rateWindow }),
    ...(histogram && topBucketMs !== undefined && { topBucketMs: topBucketMs * histogram.toMs }),
    ...(routes !== undefined && { routes }),
    gaps: [
      ...(histogram
        ? []
        : [{ what: 'response_time_p95_ms', reason: 'Prometheus has no duration histogram' }]),
      ...(statusLabel
        ? []
        : [{ what: 'error_rate and availability_1d', reason: `${counter} has no label with the status` }]),
    ],
  };
}

async function findStatusLabel(
  counter: string,
  matcher: string,
  { client, at, signal }: DiscoveryOptions,
): Promise<StatusLabel | undefined> {
  const query = `group by (${STATUS_LABELS.join(', ')}) (${counter}{${matcher}})`;
  const found = await client.query(query, at, signal);
  return STATUS_LABELS.find((label) => found.some(({ labels }) => /^[1-5]\d\d$/.test(labels[label] ?? '')));
}

async function findTopBucket(
  histogram: string,
  matcher: string,
  { client, at, signal }: DiscoveryOptions,
): Promise<number | undefined> {
  const found = await client.query(`group by (le) (${histogram}_bucket{${matcher}})`, at, signal);
  const bounds = found.map(({ labels }) => Number(labels.le)).filter(Number.isFinite);
  return bounds.length > 0 ? Math.max(...bounds) : undefined;
}
