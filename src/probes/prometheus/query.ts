import { z } from 'zod';
import type { Gap } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe, ProbeContext } from '../../engine/ports/probe.ts';
import { createAnswerCache } from './answer-cache.ts';
import { type DiscoveredMetrics, discoverMetrics } from './discover-metrics.ts';
import { measureAll } from './measure-all.ts';
import { MetricDefinition } from './metric-definition.ts';
import { substitutePlaceholders } from './placeholders.ts';
import { findSubject, type Subject, type SubjectSearch } from './subject.ts';

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

export type PrometheusQueryOptions = SubjectSearch;

type QueryContext = ProbeContext<'prometheus', PrometheusQueryParams>;

/** Asks Prometheus for the request and resource metrics of a service, or for the metrics that a playbook names. */
export function prometheusQueryProbe(
  options: PrometheusQueryOptions,
): Probe<'prometheus', PrometheusQueryParams> {
  const remembered = createAnswerCache<Found>(({ discovered }) => discovered.definitions.length === 0);
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
      return measureAll(options.client, found, context);
    },
  };
}

/** What is to be asked of which service. */
interface Found {
  readonly subject: Subject;
  readonly discovered: DiscoveredMetrics;
}

async function find(options: PrometheusQueryOptions, context: QueryContext): Promise<Found> {
  const { target, params, signal, now } = context;
  const subject = await findSubject(options, target.service, signal);
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
