import type { ChartMark, TimeChart } from '../chart.ts';
import { altText, chartId, metricTitle, plainText, utcMinute } from '../chart-plan/chart-words.ts';
import { KPI_METRICS } from '../checks/kpi-metrics.ts';
import type { Point } from '../evidence.ts';
import { judgedTarget, KPI_DEFINITIONS, type KpiName, type KpiTargets } from '../kpi.ts';
import { formatValue, type Unit } from '../unit.ts';
import { bandWords, type KnownHours, usualCourse } from './usual-course.ts';

export interface HistoryChartInput {
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
  readonly usual: KnownHours;
  readonly kpis: KpiTargets;
  /** Whose target is drawn; default: the KPI that the metric is. */
  readonly kpi?: KpiName;
  readonly marks: readonly ChartMark[];
  /** What the picture is about: `Memory used of api: 20 % to 40 %`. */
  readonly title: string;
}

const LEAST_POINTS = 3;

/** A metric over days with what is usual and, for a KPI, its target; undefined when there is nothing to draw. */
export function historyChart(input: HistoryChartInput): TimeChart | undefined {
  const { target, metric, service, unit, points, usual, title } = input;
  const [first] = points;
  const last = points[points.length - 1];
  if (first === undefined || last === undefined || points.length < LEAST_POINTS) return undefined;
  const band = usualCourse(usual, { from: first.at, to: last.at, unit });
  const threshold = thresholdOf(input);
  const values = points.map(({ value }) => value);
  return {
    kind: 'time',
    id: chartId('history', metric, target),
    title: plainText(title, 150),
    alt: altText([
      `${metricTitle(metric)} of ${plainText(service, 60)} from ${utcMinute(first.at)} to ${utcMinute(last.at)}:`,
      `lowest ${formatValue(Math.min(...values), unit)}, highest ${formatValue(Math.max(...values), unit)}, last ${formatValue(last.value, unit)}.`,
      band && bandWords(band, unit),
      threshold && `${threshold.label}.`,
      ...input.marks.map(({ at, label }) => `${utcMinute(at)}: ${plainText(label, 120)}.`),
    ]),
    unit,
    lines: [{ label: plainText(service, 80), points, emphasis: true }],
    marks: input.marks,
    ...(threshold && { threshold }),
    ...(band && { band }),
  };
}

function thresholdOf({ metric, kpis, ...input }: HistoryChartInput): TimeChart['threshold'] {
  const kpi = input.kpi ?? KPI_METRICS.find((source) => source.metric === metric)?.kpi;
  const value = kpi && judgedTarget(kpis, kpi);
  if (kpi === undefined || value === undefined) return undefined;
  const { unit, bound } = KPI_DEFINITIONS[kpi];
  return { value, label: `target ${formatValue(value, unit)}`, bound };
}
