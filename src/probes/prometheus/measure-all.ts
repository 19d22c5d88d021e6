import type { Gap, Observation } from '../../core/evidence.ts';
import { parseDuration } from '../../core/quantity.ts';
import { queryFact } from '../../core/report/report-focus.ts';
import { formatDuration } from '../../core/unit.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import type { PrometheusClient } from './client.ts';
import type { DiscoveredMetrics } from './discover-metrics.ts';
import { type Measurement, toMeasurement } from './measure.ts';
import type { FoundMetric } from './metric-definition.ts';
import { toRouteTable } from './slow-routes.ts';
import type { Subject } from './subject.ts';

const MOST_POINTS = 250;
const USUAL_SCRAPE_MS = 15_000;

interface MeasureContext {
  /** Milliseconds: the span of the series, and of their rates. */
  readonly params: { readonly range: number; readonly rate_window: number };
  readonly signal: AbortSignal;
  readonly now: Clock;
}

/** Asks for every metric that was found of a service, and for its slowest routes. */
export async function measureAll(
  client: PrometheusClient,
  { subject, discovered }: { readonly subject: Subject; readonly discovered: DiscoveredMetrics },
  { params, signal, now }: MeasureContext,
): Promise<Observation> {
  const to = now();
  const stepMs = Math.max(scrapeIntervalMs(subject), Math.ceil(params.range / MOST_POINTS));
  const measurements: Measurement[] = [];
  for (const definition of discovered.definitions) {
    measurements.push(
      definition.once
        ? await measureOnce(client, definition, { to, signal })
        : await measureRange(client, definition, { from: to - params.range, to, stepMs, signal }),
    );
  }
  const routes = discovered.routes && (await client.query(discovered.routes, to, signal));
  const metrics = measurements.flatMap((measurement) => measurement.metrics);
  const p95 = metrics.find(({ name }) => name === 'response_time_p95_ms')?.value;
  const { topBucketMs } = discovered;
  return {
    metrics,
    series: measurements.flatMap(({ series }) => series),
    ...(routes && { tables: [toRouteTable(routes)] }),
    facts: {
      ...Object.fromEntries(discovered.definitions.map(({ name, query }) => [queryFact(name), query])),
      ...(p95 !== undefined &&
        topBucketMs !== undefined &&
        p95 >= topBucketMs && {
          response_time_p95: `at least ${formatDuration(topBucketMs)}: it is in the last bucket`,
        }),
    },
    gaps: [...downGaps(subject), ...discovered.gaps, ...measurements.flatMap(({ gaps }) => gaps)],
    windowMs: params.rate_window,
  };
}

async function measureRange(
  client: PrometheusClient,
  definition: FoundMetric,
  range: {
    readonly from: number;
    readonly to: number;
    readonly stepMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Measurement> {
  const { query } = definition;
  const { signal, ...times } = range;
  return toMeasurement(definition, await client.queryRange({ query, ...times }, signal), range);
}

async function measureOnce(
  client: PrometheusClient,
  definition: FoundMetric,
  { to, signal }: { readonly to: number; readonly signal: AbortSignal },
): Promise<Measurement> {
  const answer = await client.query(definition.query, to, signal);
  return { ...toMeasurement(definition, answer, { to, stepMs: USUAL_SCRAPE_MS }), series: [] };
}

function scrapeIntervalMs({ scrapes }: Subject): number {
  const intervals = scrapes.flatMap(({ scrapeInterval = '' }) => parseDuration(scrapeInterval) ?? []);
  return intervals.length > 0 ? Math.max(...intervals) : USUAL_SCRAPE_MS;
}

/** A target that cannot be scraped explains missing data. */
function downGaps({ scrapes }: Subject): readonly Gap[] {
  return scrapes
    .filter(({ isUp }) => !isUp)
    .map(({ labels, lastError }) => ({
      what: `metrics of ${labels.instance ?? labels.job ?? 'a target'}`,
      reason: `Prometheus cannot scrape it${lastError === '' ? '' : `: ${lastError.slice(0, 200)}`}`,
    }));
}
