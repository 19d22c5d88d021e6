import type { Table } from '../../core/evidence.ts';
import type { LabelledSeries, PrometheusClient } from './client.ts';
import type { DURATION_HISTOGRAMS } from './request-metrics.ts';

/** Labels under which client libraries and OpenTelemetry keep the route (the pattern, not the address), the best first. */
const ROUTE_LABELS = ['route', 'http_route', 'handler', 'path', 'uri', 'endpoint'] as const;

/** Requests a second from which a route has a 95th percentile worth telling: 30 in five minutes. */
const LEAST_RATE = 0.1;

/** Finds the label with the routes of a histogram; answers the query for the slowest, in milliseconds. */
export async function findSlowRoutes(
  {
    histogram,
    matcher,
  }: { readonly histogram: (typeof DURATION_HISTOGRAMS)[number]; readonly matcher: string },
  options: {
    readonly client: Pick<PrometheusClient, 'query'>;
    readonly rateWindow: string;
    readonly routes: number;
    readonly at: number;
    readonly signal: AbortSignal;
  },
): Promise<string | undefined> {
  const { client, rateWindow, routes, at, signal } = options;
  if (routes === 0) return undefined;
  const query = `group by (${ROUTE_LABELS.join(', ')}) (${histogram.name}_count{${matcher}})`;
  const found = await client.query(query, at, signal);
  const label = ROUTE_LABELS.find((name) => found.some(({ labels }) => (labels[name] ?? '') !== ''));
  if (label === undefined) return undefined;
  const rate = (suffix: string) =>
    `rate(${histogram.name}_${suffix}{${matcher}, ${label}!=""}[${rateWindow}])`;
  const p95 = `histogram_quantile(0.95, sum by (${label}, le) (${rate('bucket')})) * ${histogram.toMs}`;
  return `topk(${routes}, ${p95} and on (${label}) sum by (${label}) (${rate('count')}) > ${LEAST_RATE})`;
}

/** The table `routes`, slowest first. */
export function toRouteTable(found: readonly LabelledSeries[]): Table {
  const rows = found.flatMap(({ labels, points }): readonly (readonly [string, number])[] => {
    const [route] = Object.values(labels);
    const value = points.at(-1)?.value;
    if (route === undefined || value === undefined || !Number.isFinite(value)) return [];
    return [[route, value]];
  });
  return {
    name: 'routes',
    title: 'Slowest routes',
    columns: [
      { name: 'route', title: 'Route' },
      { name: 'p95_ms', title: 'p95', unit: 'ms' },
    ],
    rows: rows.toSorted(([, a], [, b]) => b - a),
  };
}
