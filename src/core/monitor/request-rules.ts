import type { Service } from '../inventory/service.ts';
import { KPI_DEFINITIONS, type KpiTargets, kpiTarget } from '../kpi.ts';
import type { MonitorRule } from './alert-rule.ts';
import { MINUTE, makeRule, SECOND_SAMPLE_MS } from './make-rule.ts';

/** 100 requests in five minutes: below that a single request is the 95th percentile, or over the target of errors. */
const ENOUGH_REQUESTS = { metric: 'throughput_per_minute', value: 20 } as const;
/** Errors of so many times the target are critical, and half of all requests in any case. */
const CRITICAL_TIMES = 5;
const CRITICAL_SHARE = 0.5;

const ALL_REQUESTS = { probe: 'prometheus.query', severity: 'warning' } as const;
const ERRORS = {
  alertname: 'HighErrorRate',
  title: 'Error rate',
  metric: 'error_rate',
  unit: 'ratio',
} as const;

/** How many routes failed each time they were asked; the fact of that name says which. */
export const FAILING_ROUTES = 'failing_routes';

/** The rules for the requests of a service: all of them where Prometheus counts them, and perfbot's own. */
export function requestRules({ kpis, source }: Pick<Service, 'kpis' | 'source'>): readonly MonitorRule[] {
  const errors = kpiTarget(kpis, 'error_rate');
  const critical = Math.max(errors, Math.min(CRITICAL_TIMES * errors, CRITICAL_SHARE));
  return [
    makeRule({
      ...ALL_REQUESTS,
      alertname: 'HighResponseTime',
      title: KPI_DEFINITIONS.response_time_p95.title,
      metric: 'response_time_p95_ms',
      unit: 'ms',
      threshold: kpiTarget(kpis, 'response_time_p95'),
      forMs: 2 * MINUTE,
      least: ENOUGH_REQUESTS,
    }),
    makeRule({ ...ALL_REQUESTS, ...ERRORS, threshold: errors, forMs: 5 * MINUTE, least: ENOUGH_REQUESTS }),
    makeRule({
      ...ALL_REQUESTS,
      ...ERRORS,
      severity: 'critical',
      threshold: critical,
      forMs: 2 * MINUTE,
      least: ENOUGH_REQUESTS,
    }),
    // A route that failed twice in one look and again in the next is broken, however few of all requests go there.
    makeRule({
      ...ERRORS,
      title: 'Failing routes',
      metric: FAILING_ROUTES,
      unit: 'count',
      severity: 'critical',
      probe: 'http.timing',
      threshold: 0,
      forMs: SECOND_SAMPLE_MS,
      onceFine: source === 'discovered',
    }),
    makeRule({ ...ERRORS, severity: 'warning', probe: 'http.timing', threshold: errors, forMs: 2 * MINUTE }),
    ...throughput(kpis),
  ];
}

/** What a service should answer at least only its owner knows: without a target of its own nothing is too little. */
function throughput({ throughput_per_minute: target }: KpiTargets): readonly MonitorRule[] {
  if (target === undefined) return [];
  const { title, unit, bound } = KPI_DEFINITIONS.throughput_per_minute;
  const metric = 'throughput_per_minute';
  const forMs = 10 * MINUTE;
  return [
    makeRule({
      ...ALL_REQUESTS,
      alertname: 'LowThroughput',
      title,
      unit,
      bound,
      metric,
      threshold: target,
      forMs,
    }),
  ];
}
