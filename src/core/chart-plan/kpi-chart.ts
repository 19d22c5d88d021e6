import type { TimeChart } from '../chart.ts';
import type { Finding } from '../finding.ts';
import { KPI_DEFINITIONS, KPI_NAMES, type KpiName, kpiTarget } from '../kpi.ts';
import { compareSeverity } from '../severity.ts';
import { formatValue } from '../unit.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { isWorthDrawing, metricPoints } from './chart-points.ts';
import { metricChart } from './metric-chart.ts';

export type KpiFinding = Finding & { readonly kpi: KpiName; readonly value: number };

/** Findings about a KPI that was measured, those of the subject first, worst first, then in the order of the KPIs. */
export function kpiFindings({ findings, subject }: ChartPlanInput): readonly KpiFinding[] {
  const foreign = (finding: Finding): number =>
    subject === undefined || finding.service === subject.name ? 0 : 1;
  return findings
    .filter((finding): finding is KpiFinding => finding.kpi !== undefined && finding.value !== undefined)
    .toSorted(
      (a, b) =>
        foreign(a) - foreign(b) ||
        compareSeverity(b.severity, a.severity) ||
        KPI_NAMES.indexOf(a.kpi) - KPI_NAMES.indexOf(b.kpi),
    );
}

/** The target of a KPI as a line with its label: `target 2 s`. */
export function kpiThreshold(
  { services }: ChartPlanInput,
  finding: KpiFinding,
): NonNullable<TimeChart['threshold']> {
  const kpis = services.find(({ name }) => name === finding.service)?.kpis ?? {};
  const value = kpiTarget(kpis, finding.kpi);
  const { unit, bound } = KPI_DEFINITIONS[finding.kpi];
  return { value, label: `target ${formatValue(value, unit)}`, bound };
}

/** The KPI over time with target, usual range and onset; undefined when there are too few points. */
export function kpiChart(input: ChartPlanInput, finding: KpiFinding): TimeChart | undefined {
  const points = metricPoints(input, finding);
  if (points === undefined || !isWorthDrawing(points)) return undefined;
  return metricChart(input, points, {
    title: KPI_DEFINITIONS[finding.kpi].title,
    threshold: kpiThreshold(input, finding),
    measured: finding.value,
  });
}
