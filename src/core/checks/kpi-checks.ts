import type { KpiName, KpiTargets } from '../kpi.ts';
import { judgedTarget, KPI_DEFINITIONS, kpiTarget } from '../kpi.ts';
import type { CheckDefinition } from '../playbook/playbook.ts';
import { KPI_METRICS } from './kpi-metrics.ts';

/** Share of the target at which a value deserves a look before it misses the target. Absent: only a miss counts. */
const WARN_AT: Readonly<Partial<Record<KpiName, number>>> = { response_time_p95: 0.5, memory: 0.89 };

/** A busy CPU is a warning; it is critical only when hardly any is left. */
const CPU_CRITICAL = 0.95;

export interface KpiCheck extends CheckDefinition {
  readonly kpi: KpiName;
}

/**
 * The checks that every service gets without being asked for, from the targets of its KPIs. Throughput is judged only
 * where the service names a target of its own: little traffic is normal for most services.
 */
export function kpiChecks(kpis: KpiTargets): readonly KpiCheck[] {
  return KPI_METRICS.filter(({ kpi }) => judgedTarget(kpis, kpi) !== undefined).map(
    ({ kpi, probe, metric }) => ({
      kpi,
      title: KPI_DEFINITIONS[kpi].title,
      metric: `${probe}/${metric}`,
      ...thresholds(kpi, kpis),
    }),
  );
}

function thresholds(kpi: KpiName, kpis: KpiTargets): Pick<CheckDefinition, 'warning' | 'critical'> {
  const target = kpiTarget(kpis, kpi);
  if (kpi === 'cpu') return { warning: { kpi }, critical: { above: Math.max(CPU_CRITICAL, target) } };
  if (kpi === 'throughput_per_minute') return { warning: { kpi } };
  const early = WARN_AT[kpi];
  return { critical: { kpi }, ...(early !== undefined && { warning: { above: early * target } }) };
}
