import { KPI_METRICS } from '../checks/kpi-metrics.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { KpiName } from '../kpi.ts';
import { compareSeverity } from '../severity.ts';

/** What somebody wants to see first in the tools that a report links to. */
export interface ReportFocus {
  /** The KPI that is worst off, or the response time when none is. */
  readonly kpi: KpiName;
  /** PromQL that measured it, where Prometheus did. */
  readonly query?: string;
  /** Whose KPI it is, in a report about several services. */
  readonly service?: string;
}

/** The first of several metrics that is a KPI, in the order given. Pure. */
export function firstKpi(
  metrics: readonly { readonly metric: string; readonly service: string }[],
): ReportFocus | undefined {
  const [first] = metrics.flatMap(({ metric, service }) => {
    const kpi = KPI_METRICS.find((entry) => entry.metric === metric)?.kpi;
    return kpi === undefined ? [] : [{ kpi, service }];
  });
  return first;
}

/** Fact of `prometheus.query` that holds the expression of a metric. */
export const queryFact = (metric: string): string => `query_${metric}`;

/** Picks the KPI that the links of a report should show. Pure. */
export function reportFocus(
  findings: readonly Finding[],
  evidence: readonly Evidence[],
  service: string | undefined,
): ReportFocus {
  const own = findings.filter((finding) => service === undefined || finding.service === service);
  const [worst] = own
    .filter(({ severity }) => severity === 'warning' || severity === 'critical')
    .filter(({ kpi }) => kpi !== undefined)
    .sort((a, b) => compareSeverity(b.severity, a.severity));
  const kpi = worst?.kpi ?? 'response_time_p95';
  const query = queryOf(kpi, evidence, worst?.service ?? service);
  return { kpi, ...(query !== undefined && { query }) };
}

function queryOf(
  kpi: KpiName,
  evidence: readonly Evidence[],
  service: string | undefined,
): string | undefined {
  const metric = KPI_METRICS.find((entry) => entry.kpi === kpi)?.metric ?? '';
  const asked = evidence.find(
    (item) =>
      item.probe === 'prometheus.query' &&
      item.status === 'collected' &&
      (service === undefined || item.service === service),
  );
  return asked?.status === 'collected' ? asked.facts?.[queryFact(metric)] : undefined;
}
