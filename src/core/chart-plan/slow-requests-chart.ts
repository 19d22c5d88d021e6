import type { TimeChart } from '../chart.ts';
import { OWN_REQUESTS } from '../checks/kpi-metrics.ts';
import { KPI_DEFINITIONS, kpiTarget } from '../kpi.ts';
import { formatValue } from '../unit.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { collected, isWorthDrawing, metricPoints } from './chart-points.ts';
import { metricChart } from './metric-chart.ts';

/** The median of perfbot's own requests to the subject where it misses the target of its response time; else undefined. */
export function slowRequestsChart(input: ChartPlanInput): TimeChart | undefined {
  const { subject, evidence } = input;
  if (subject === undefined) return undefined;
  const target = kpiTarget(subject.kpis, 'response_time_p95');
  const slow = collected(evidence)
    .filter(({ probe, service }) => probe === OWN_REQUESTS.probe && service === subject.name)
    .find(({ metrics }) => metrics.some(({ name, value }) => name === OWN_REQUESTS.metric && value > target));
  const points = slow && metricPoints(input, { target: slow.target, metric: OWN_REQUESTS.metric });
  if (points === undefined || !isWorthDrawing(points)) return undefined;
  const { unit, bound } = KPI_DEFINITIONS.response_time_p95;
  return metricChart(input, points, {
    title: OWN_REQUESTS.title,
    threshold: { value: target, label: `target ${formatValue(target, unit)}`, bound },
  });
}
