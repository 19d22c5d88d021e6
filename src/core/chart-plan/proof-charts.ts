import type { ChartSpec, TimeChart } from '../chart.ts';
import { type CollectedEvidence, metricValue } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import { BAR_TABLES } from './bar-tables.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { collected, isWorthDrawing, metricPoints } from './chart-points.ts';
import { metricTitle } from './chart-words.ts';
import { flameChart } from './flame-chart.ts';
import { metricChart } from './metric-chart.ts';
import { tableChart } from './table-chart.ts';

/** What a picture should prove: measured metrics, in the order of their weight. */
export interface Claim {
  /** Cause id, or empty; tells which table of a probe matters. */
  readonly id: string;
  readonly service: string;
  readonly lines: readonly { readonly probe: string; readonly metric: string; readonly threshold?: number }[];
}

/** Metrics that have their limit beside them. */
const LIMITS: Readonly<Record<string, string>> = {
  cpu_cores: 'cpu_limit_cores',
  memory_used_bytes: 'memory_limit_bytes',
  used_memory_bytes: 'maxmemory_bytes',
  connections: 'connections_limit',
};

/** Pictures that prove a claim: of each probe that it rests on the call tree, its metrics over time and its tables as bars. */
export function proofCharts(input: ChartPlanInput, claim: Claim): readonly ChartSpec[] {
  const charts: ChartSpec[] = [];
  for (const probe of new Set(claim.lines.map((line) => line.probe))) {
    const evidence = sourceOf(input, claim.service, probe);
    const flame = evidence && flameChart(evidence);
    if (flame) charts.push(flame);
  }
  for (const line of claim.lines) {
    const evidence = sourceOf(input, claim.service, line.probe);
    if (evidence === undefined) continue;
    const chart = overTime(input, evidence, line);
    if (chart) charts.push(chart);
  }
  for (const probe of new Set(claim.lines.map((line) => line.probe))) {
    const evidence = sourceOf(input, claim.service, probe);
    const metrics = claim.lines.filter((line) => line.probe === probe).map(({ metric }) => metric);
    const topic = `${claim.id} ${metrics.join(' ')}`;
    const bars =
      evidence &&
      BAR_TABLES.filter((table) => table.probe === probe && (table.proves?.test(topic) ?? true))
        .map((table) => tableChart(input, evidence, table))
        .find((chart) => chart !== undefined);
    if (bars) charts.push(bars);
  }
  return charts;
}

function sourceOf(
  { evidence }: ChartPlanInput,
  service: string,
  probe: string,
): CollectedEvidence | undefined {
  const candidates = collected(evidence).filter((item) => item.probe === probe);
  return candidates.find((item) => item.service === service) ?? candidates[0];
}

function overTime(
  input: ChartPlanInput,
  evidence: CollectedEvidence,
  { metric, threshold }: Claim['lines'][number],
): TimeChart | undefined {
  const points = metricPoints(input, { target: evidence.target, metric });
  if (points === undefined || points.standIn || !isWorthDrawing(points)) return undefined;
  const limit = metricValue(evidence, LIMITS[metric] ?? '');
  const { unit } = points;
  const line =
    limit !== undefined && limit > 0
      ? { value: limit, label: `limit ${formatValue(limit, unit)}` }
      : threshold !== undefined && { value: threshold, label: `threshold ${formatValue(threshold, unit)}` };
  return metricChart(input, points, {
    title: metricTitle(metric),
    measured: metricValue(evidence, metric),
    ...(line && { threshold: line }),
  });
}
