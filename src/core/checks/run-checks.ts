import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Service } from '../inventory/service.ts';
import type { KpiName } from '../kpi.ts';
import type { CheckDefinition } from '../playbook/playbook.ts';
import { compareSeverity } from '../severity.ts';
import { formatValue, type Unit } from '../unit.ts';
import { judgeValue } from './judge-value.ts';
import { kpiChecks } from './kpi-checks.ts';

export interface CheckInput {
  /** Checks of the playbook; the KPI checks of each service come on top. */
  readonly checks: readonly CheckDefinition[];
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
  usual(target: string, metric: string): number | undefined;
}

type Check = CheckDefinition & { readonly kpi?: KpiName };

/**
 * Judges all evidence: one finding for each metric of each target, the worst when several checks judge the same one.
 * A probe that could not look gives `unknown`; a metric that a probe did not report gives nothing, since it does not
 * apply there (for example throttling without a quota). Worst first.
 */
export function runChecks({ checks, services, evidence, usual }: CheckInput): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const item of evidence) {
    const service = services.find(({ name }) => name === item.service);
    for (const check of [...checks, ...kpiChecks(service?.kpis ?? {})] as readonly Check[]) {
      const [probe, metric = ''] = check.metric.split('/');
      if (probe !== item.probe) continue;
      const finding = judge({
        check,
        metric,
        evidence: item,
        kpis: service?.kpis ?? {},
        usual: usual(item.target, metric),
      });
      if (finding === undefined) continue;
      const key = `${item.target} ${check.metric}`;
      const known = findings.get(key);
      findings.set(key, known ? worseOf(known, finding) : finding);
    }
  }
  return [...findings.values()].sort((a, b) => compareSeverity(b.severity, a.severity));
}

/** The worse of two findings about one metric; it speaks for the KPI that either of them measures. */
function worseOf(known: Finding, next: Finding): Finding {
  const worse = compareSeverity(next.severity, known.severity) > 0 ? next : known;
  const kpi = known.kpi ?? next.kpi;
  return kpi === undefined ? worse : { ...worse, kpi };
}

interface Judged {
  readonly check: Check;
  readonly metric: string;
  readonly evidence: Evidence;
  readonly kpis: Service['kpis'];
  readonly usual: number | undefined;
}

function judge({ check, metric, evidence, kpis, usual }: Judged): Finding | undefined {
  const base = {
    title: check.title,
    service: evidence.service,
    target: evidence.target,
    probe: evidence.probe,
    metric,
    ...(check.kpi !== undefined && { kpi: check.kpi }),
  };
  if (evidence.status === 'unavailable') {
    return {
      ...base,
      severity: 'unknown',
      text: `${check.title} of ${evidence.service}: not measured (${evidence.message})`,
    };
  }
  const measured = evidence.metrics.find(({ name }) => name === metric);
  if (measured === undefined) return undefined;
  const { severity, threshold } = judgeValue(check, measured.value, { kpis, usual });
  return {
    ...base,
    severity,
    value: measured.value,
    unit: measured.unit,
    ...(usual !== undefined && { usual }),
    ...(threshold !== undefined && { threshold }),
    text: sentence(`${check.title} of ${evidence.service}`, measured.value, measured.unit, usual, threshold),
    ...(severity !== 'ok' && check.advice !== undefined && { advice: check.advice }),
  };
}

function sentence(
  what: string,
  value: number,
  unit: Unit,
  usual: number | undefined,
  threshold: number | undefined,
): string {
  const parts = [`${what} ${formatValue(value, unit)}`];
  if (usual !== undefined) parts.push(`usually ${formatValue(usual, unit)}`);
  if (threshold !== undefined) parts.push(`target ${formatValue(threshold, unit)}`);
  return parts.join(', ');
}
