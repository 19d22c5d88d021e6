import type { CollectedEvidence } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import type { Service } from '../inventory/service.ts';
import { kpiTarget } from '../kpi.ts';
import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import { numberIn, textIn } from './cells.ts';
import { metricLine } from './evidence-line.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';

/** This many times the usual response time is slow, whatever the target says. */
const TIMES_USUAL = 3;
/** Below this nobody waits, however much it is compared with the usual. */
const LEAST_SLOW_MS = 100;

/** How long answers take, from the source that says it best. */
export interface ResponseTime {
  readonly ms: number;
  readonly usualMs: number | undefined;
  readonly targetMs: number;
  /** True when it misses the target, or is three times the usual. */
  readonly isSlow: boolean;
  readonly line: EvidenceLine | undefined;
}

/** What is known of the answers of one service. */
export interface HttpView {
  readonly service: Service;
  readonly responseTime: ResponseTime | undefined;
  /** `GET /items`, the slowest by its longest answer. */
  readonly slowestRoute: string | undefined;
  /** Share of failed requests, from perfbot's own requests or from Prometheus. */
  readonly errorRate: EvidenceLine | undefined;
  /** A metric of perfbot's own requests (`http.timing`). */
  value(metric: string): number | undefined;
  fact(name: string): string | undefined;
  line(metric: string, text: string, threshold?: number): EvidenceLine | undefined;
}

/** Every service that was timed, by perfbot itself or by Prometheus. */
export function httpViews(facts: Facts): readonly HttpView[] {
  return facts.services.flatMap((service) => {
    const timing = collectedFor(facts, 'http.timing', service.name);
    const prometheus = collectedFor(facts, 'prometheus.query', service.name);
    return timing || prometheus ? [toView(facts, { service, timing, prometheus })] : [];
  });
}

interface Sources {
  readonly service: Service;
  readonly timing: CollectedEvidence | undefined;
  readonly prometheus: CollectedEvidence | undefined;
}

function toView(facts: Facts, sources: Sources): HttpView {
  const { service, timing, prometheus } = sources;
  const slowest = rowsOf(timing, 'routes').toSorted(
    (a, b) => (numberIn(b, 'max_ms') ?? 0) - (numberIn(a, 'max_ms') ?? 0),
  )[0];
  const usual = (metric: string) => (timing ? facts.usual(timing.target, metric) : undefined);
  return {
    service,
    responseTime: toResponseTime(facts, sources),
    slowestRoute: slowest && textIn(slowest, 'route'),
    errorRate: [prometheus, timing].reduce<EvidenceLine | undefined>(
      (found, evidence) => found ?? errorLine(service, evidence),
      undefined,
    ),
    value: (metric) => timing && metricValue(timing, metric),
    fact: (name) => timing?.facts?.[name],
    line: (metric, text, threshold) =>
      metricLine(timing, metric, text, {
        usual: usual(metric),
        ...(threshold !== undefined && { threshold }),
      }),
  };
}

/** The p95 of real traffic where Prometheus has it, else that of perfbot's own requests, else their maximum; the worst counts. */
function toResponseTime(facts: Facts, { service, timing, prometheus }: Sources): ResponseTime | undefined {
  const timed =
    timing && metricValue(timing, 'response_time_p95_ms') === undefined
      ? 'response_time_max_ms'
      : 'response_time_p95_ms';
  const candidates = [
    { evidence: prometheus, metric: 'response_time_p95_ms' },
    { evidence: timing, metric: timed },
  ].flatMap(({ evidence, metric }) => {
    const ms = evidence && metricValue(evidence, metric);
    return evidence === undefined || ms === undefined ? [] : [{ evidence, metric, ms }];
  });
  const worst = candidates.toSorted((a, b) => b.ms - a.ms)[0];
  if (worst === undefined) return undefined;
  const { evidence, metric, ms } = worst;
  const targetMs = kpiTarget(service.kpis, 'response_time_p95');
  const usualMs = facts.usual(evidence.target, metric);
  const isUnusual = usualMs !== undefined && ms >= TIMES_USUAL * usualMs && ms >= LEAST_SLOW_MS;
  const what = metric === 'response_time_max_ms' ? 'slowest answer' : 'response time p95';
  return {
    ms,
    usualMs,
    targetMs,
    isSlow: ms > targetMs || isUnusual,
    line: metricLine(evidence, metric, `${what} ${formatValue(ms, 'ms')}`, {
      usual: usualMs,
      threshold: targetMs,
    }),
  };
}

function errorLine(service: Service, evidence: CollectedEvidence | undefined): EvidenceLine | undefined {
  const rate = evidence && metricValue(evidence, 'error_rate');
  if (rate === undefined) return undefined;
  return metricLine(evidence, 'error_rate', `${formatValue(rate, 'ratio')} of requests fail`, {
    threshold: kpiTarget(service.kpis, 'error_rate'),
  });
}
