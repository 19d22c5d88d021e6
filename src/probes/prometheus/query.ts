import { z } from 'zod';
import type { Gap, Observation } from '../../core/evidence.ts';
import type { Service } from '../../core/inventory/service.ts';
import type { ContainerTarget } from '../../core/inventory/target.ts';
import { Duration, parseDuration } from '../../core/quantity.ts';
import { queryFact } from '../../core/report/report-focus.ts';
import { formatDuration } from '../../core/unit.ts';
import type { Probe, ProbeContext } from '../../engine/ports/probe.ts';
import type { PrometheusClient, ScrapeTarget } from './client.ts';
import { type DiscoveredMetrics, discoverMetrics } from './discover-metrics.ts';
import { type Measurement, toMeasurement } from './measure.ts';
import { createMemory } from './memory.ts';
import { type FoundMetric, MetricDefinition } from './metric-definition.ts';
import { substitutePlaceholders } from './placeholders.ts';
import { toSelector } from './selector.ts';
import { toRouteTable } from './slow-routes.ts';

const Milliseconds = z.union([z.number(), Duration]);

/** Parameters of `prometheus.query`. Without metrics it finds out what there is for the service. */
export const PrometheusQueryParams = z.strictObject({
  metrics: z.array(MetricDefinition).max(50).default([]),
  range: Milliseconds.pipe(z.number().min(60_000)).default(3_600_000).describe('span of the series'),
  rate_window: Milliseconds.pipe(z.number().min(1000))
    .default(300_000)
    .describe('span of rates, at least four scrapes'),
  only: z
    .array(z.string())
    .max(50)
    .default([])
    .describe('the metrics that are wanted of those it finds; all when empty'),
  routes: z.int().min(0).max(50).default(0).describe('rows of the table of slowest routes; none by default'),
  remember: Milliseconds.pipe(z.number().min(0).max(3_600_000))
    .default(0)
    .describe('how long metric names and labels that were found may be used again'),
});
export type PrometheusQueryParams = z.infer<typeof PrometheusQueryParams>;

export interface PrometheusQueryOptions {
  readonly client: PrometheusClient;
  /** The inventory's entry of a service: its aliases and containers are looked for as well as its name. */
  readonly serviceNamed?: (name: string) => Promise<Service | undefined>;
}

type QueryContext = ProbeContext<'prometheus', PrometheusQueryParams>;

const MOST_POINTS = 250;
const USUAL_SCRAPE_MS = 15_000;

/** Asks Prometheus for the request and resource metrics of a service, or for the metrics that a playbook names. */
export function prometheusQueryProbe(
  options: PrometheusQueryOptions,
): Probe<'prometheus', PrometheusQueryParams> {
  const remembered = createMemory<Finding>(({ discovered }) => discovered.definitions.length === 0);
  return {
    name: 'prometheus.query',
    title: 'Metrics in Prometheus',
    targetKind: 'prometheus',
    cost: 'light',
    timeoutMs: 15_000,
    params: PrometheusQueryParams,
    async collect(context) {
      context.signal.throwIfAborted();
      const { target, params, now } = context;
      // What the inventory calls it may change.
      const service = await options.serviceNamed?.(target.service);
      const key = JSON.stringify([target.id, params, service?.aliases]);
      const question = { key, at: now(), maxAgeMs: params.remember };
      const found = await remembered(question, () => find(options, context));
      return measureAll(options.client, { context, ...found });
    },
  };
}

/** What is to be asked of which service. */
interface Finding {
  readonly subject: Subject;
  readonly discovered: DiscoveredMetrics;
}

async function find(options: PrometheusQueryOptions, context: QueryContext): Promise<Finding> {
  const { params, signal, now } = context;
  const subject = await findSubject(options, context);
  if (params.metrics.length > 0) return { subject, discovered: substituteAll(params.metrics, subject) };
  const discovered = await discoverMetrics({
    ...options,
    service: subject.name,
    names: subject.names,
    at: now(),
    signal,
    rateWindow: `${Math.round(params.rate_window / 1000)}s`,
    wanted: params.only,
    routes: params.routes,
  });
  return { subject, discovered };
}

interface Subject {
  readonly name: string;
  readonly names: readonly string[];
  readonly job: string | undefined;
  readonly container: string | undefined;
  readonly scrapes: readonly ScrapeTarget[];
}

async function findSubject(
  { client, serviceNamed }: PrometheusQueryOptions,
  { target, signal }: QueryContext,
): Promise<Subject> {
  const service = await serviceNamed?.(target.service);
  const names = [target.service, ...(service?.aliases ?? [])];
  const selected = service?.targets.find(
    (candidate): candidate is ContainerTarget => candidate.kind === 'container',
  )?.container;
  const targets = await client.scrapeTargets(signal);
  const scrapes = targets.filter((scrape) => toSelector([scrape], names) !== undefined);
  return {
    name: target.service,
    names,
    job: toSelector(targets, names)?.job,
    container: selected !== undefined && 'name' in selected ? selected.name : undefined,
    scrapes,
  };
}

function substituteAll(metrics: readonly MetricDefinition[], subject: Subject): DiscoveredMetrics {
  const values = { service: subject.name, job: subject.job, container: subject.container };
  const definitions: MetricDefinition[] = [];
  const gaps: Gap[] = [];
  for (const metric of metrics) {
    const substitution = substitutePlaceholders(metric.query, values);
    if (substitution.kind === 'query') definitions.push({ ...metric, query: substitution.query });
    else gaps.push({ what: metric.name, reason: substitution.reason });
  }
  return { definitions, gaps };
}

async function measureAll(
  client: PrometheusClient,
  of: { readonly context: QueryContext; readonly subject: Subject; readonly discovered: DiscoveredMetrics },
): Promise<Observation> {
  const { context, subject, discovered } = of;
  const { params, signal, now } = context;
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
