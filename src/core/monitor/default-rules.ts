import type { Service } from '../inventory/service.ts';
import { KPI_DEFINITIONS, type KpiName, type KpiTargets, kpiTarget } from '../kpi.ts';
import type { MonitorRule } from './alert-rule.ts';
import { MINUTE, makeRule, SECOND_SAMPLE_MS } from './make-rule.ts';
import { requestRules } from './request-rules.ts';

/** Metric that stands for "could this be measured at all": 1 when it could not. */
export const STALE_METRIC = 'stale';

interface KpiSource {
  readonly kpi: KpiName;
  readonly alertname: string;
  readonly probe: string;
  readonly metric: string;
  readonly title: string;
}

/** What is left of a resource when this share is used is next to nothing. */
const NEARLY_ALL: Readonly<Partial<Record<KpiName, number>>> = { cpu: 0.9, memory: 0.97 };

const CONTAINER_SOURCES: readonly KpiSource[] = [
  { kpi: 'cpu', alertname: 'HighCPUUsage', probe: 'docker.stats', metric: 'cpu_ratio', title: 'CPU' },
  {
    kpi: 'memory',
    alertname: 'HighMemoryUsage',
    probe: 'docker.stats',
    metric: 'memory_ratio',
    title: 'Memory',
  },
];

/** A machine has short bursts of its own; it is spoken of when they last. */
const HOST_SOURCES: readonly KpiSource[] = [
  { kpi: 'cpu', alertname: 'HighCPUUsage', probe: 'host.load', metric: 'cpu_busy_ratio', title: 'CPU' },
  {
    kpi: 'memory',
    alertname: 'HighMemoryUsage',
    probe: 'host.memory',
    metric: 'memory_used_ratio',
    title: 'Memory',
  },
];

/** Half of a few requests above the target of the 95th percentile is above it by far. */
const SLOW_SOURCES: readonly KpiSource[] = [
  {
    kpi: 'response_time_p95',
    alertname: 'HighResponseTime',
    probe: 'http.timing',
    metric: 'response_time_p50_ms',
    title: 'Response time (median)',
  },
  {
    kpi: 'database_response',
    alertname: 'SlowDatabase',
    probe: 'postgres.statements',
    metric: 'mean_exec_time_ms',
    title: 'Database response (mean)',
  },
];

/** The rules that every service gets, from the targets of its KPIs. Each one applies where its probe reports its metric. */
export function defaultRules({ kpis, source }: Pick<Service, 'kpis' | 'source'>): readonly MonitorRule[] {
  return [
    ...CONTAINER_SOURCES.flatMap((one) => [above(one, kpis, 2 * MINUTE), ...nearly(one, kpis)]),
    ...HOST_SOURCES.map((one) => above(one, kpis, 5 * MINUTE)),
    ...SLOW_SOURCES.map((one) => above(one, kpis, MINUTE)),
    ...requestRules({ kpis, source }),
    makeRule({
      alertname: 'ContainerDown',
      severity: 'critical',
      title: 'Running containers',
      probe: 'docker.stats',
      metric: 'running',
      unit: 'count',
      bound: 'min',
      threshold: 0.5,
      clear: 0.5,
      forMs: SECOND_SAMPLE_MS,
      onceFine: source === 'discovered',
    }),
    makeRule({
      alertname: 'LowAvailability',
      severity: 'critical',
      title: 'Availability',
      probe: 'http.timing',
      metric: 'availability',
      unit: 'ratio',
      bound: 'min',
      threshold: 0.5,
      clear: 0.5,
      forMs: SECOND_SAMPLE_MS,
      onceFine: source === 'discovered',
    }),
  ];
}

/** Fires when a probe that could look at the target before cannot for two minutes: what is not measured is not fine. */
export function staleRule(probe: string): MonitorRule {
  return makeRule({
    alertname: 'TargetStale',
    severity: 'warning',
    title: 'Not measured',
    probe,
    metric: STALE_METRIC,
    unit: 'count',
    threshold: 0.5,
    clear: 0.5,
    forMs: 2 * MINUTE,
    keepFiringForMs: 0,
    onceFine: true,
  });
}

function above({ kpi, ...source }: KpiSource, kpis: KpiTargets, forMs: number): MonitorRule {
  const { unit } = KPI_DEFINITIONS[kpi];
  return makeRule({ ...source, severity: 'warning', unit, threshold: kpiTarget(kpis, kpi), forMs });
}

function nearly({ kpi, ...source }: KpiSource, kpis: KpiTargets): readonly MonitorRule[] {
  const share = NEARLY_ALL[kpi];
  if (share === undefined) return [];
  const threshold = Math.max(share, kpiTarget(kpis, kpi));
  const { unit } = KPI_DEFINITIONS[kpi];
  return [makeRule({ ...source, severity: 'critical', unit, threshold, forMs: SECOND_SAMPLE_MS })];
}
