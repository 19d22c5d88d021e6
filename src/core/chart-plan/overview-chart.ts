import type { PanelChart, TimeChart } from '../chart.ts';
import { KPI_DEFINITIONS } from '../kpi.ts';
import { compareSeverity } from '../severity.ts';
import { formatValue } from '../unit.ts';
import { breachStart } from './chart-marks.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { isWorthDrawing, LEAST_POINTS, metricPoints } from './chart-points.ts';
import { altText, chartId, plainText, utcClock } from './chart-words.ts';
import { type KpiFinding, kpiFindings, kpiThreshold } from './kpi-chart.ts';

const MOST_PANELS = 12;
const HOUR = 60 * 60_000;

/** One picture of all services: of each its worst KPI over the last hour, worst first. Undefined without history. */
export function overviewChart(input: ChartPlanInput): PanelChart | undefined {
  const chosen = byService(kpiFindings(input))
    .map((findings) => findings.toSorted((a, b) => urgency(input, b, a)))
    .flatMap((findings) => panelOf(input, findings) ?? [])
    .sort(
      (a, b) => urgency(input, b.finding, a.finding) || a.finding.service.localeCompare(b.finding.service),
    );
  const drawn = chosen.slice(0, MOST_PANELS);
  if (!drawn.some(({ panel }) => panel.lines.some(({ points }) => points.length >= LEAST_POINTS)))
    return undefined;
  const missed = chosen.filter(({ missing }) => missing).length;
  return {
    kind: 'panels',
    id: 'overview',
    title: `Last hour: each service by its worst KPI, ${missed === 0 ? 'all within target' : `${missed} of ${chosen.length} miss the target`}`,
    alt: altText([
      `Each service by its worst KPI over the last hour, ${utcClock(input.now - HOUR)} to ${utcClock(input.now)}.`,
      ...drawn.map(({ panel }) => panel.alt),
      chosen.length > drawn.length ? `${chosen.length - drawn.length} more services not shown.` : undefined,
    ]),
    panels: drawn.map(({ panel }) => panel),
  };
}

function byService(findings: readonly KpiFinding[]): readonly (readonly KpiFinding[])[] {
  return [...new Set(findings.map(({ service }) => service))].map((service) =>
    findings.filter((finding) => finding.service === service),
  );
}

interface Panel {
  readonly finding: KpiFinding;
  readonly panel: TimeChart;
  readonly missing: boolean;
}

/** The worst KPI of a service that has points; the others only step in where it has none. */
function panelOf(input: ChartPlanInput, findings: readonly KpiFinding[]): Panel | undefined {
  for (const finding of findings) {
    const points = metricPoints(input, finding);
    if (points === undefined || points.standIn || !isWorthDrawing(points)) continue;
    const threshold = kpiThreshold(input, finding);
    const recent = points.lines.map(({ label, points: all }) => ({
      label,
      emphasis: true,
      points: all.filter(({ at }) => at >= input.now - HOUR),
    }));
    const { title, unit } = KPI_DEFINITIONS[finding.kpi];
    const service = plainText(finding.service, 60);
    const since = breachStart(recent[0]?.points ?? [], threshold);
    const panel: TimeChart = {
      kind: 'time',
      id: chartId(finding.metric, finding.service),
      title: `${service} · ${title}`,
      alt: altText([
        `${service}: ${title} ${formatValue(finding.value, unit)}, ${threshold.label}${since === undefined ? '' : `, missed since ${utcClock(since)}`}.`,
      ]),
      unit,
      lines: recent.slice(0, 1),
      marks: [],
      threshold,
    };
    return { finding, panel, missing: since !== undefined };
  }
  return undefined;
}

/** Orders findings by severity, then by how much of the target is used up. */
function urgency(input: ChartPlanInput, a: KpiFinding, b: KpiFinding): number {
  return compareSeverity(a.severity, b.severity) || use(input, a) - use(input, b);
}

function use(input: ChartPlanInput, finding: KpiFinding): number {
  const { value, bound } = kpiThreshold(input, finding);
  if (bound === 'max') return value > 0 ? finding.value / value : 0;
  return finding.value > 0 ? value / finding.value : Number.MAX_VALUE;
}
