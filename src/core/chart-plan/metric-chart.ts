import type { ChartMark, TimeChart } from '../chart.ts';
import { formatValue, type Unit } from '../unit.ts';
import { breachStart, eventMarks } from './chart-marks.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import type { MetricPoints } from './chart-points.ts';
import { altText, chartId, plainText, utcClock, utcMinute } from './chart-words.ts';
import { usualBand } from './usual-band.ts';

/** The last minutes are what a run without an onset is about; they do not define what is usual. */
const RECENT_MS = 15 * 60_000;

export interface MetricChartOptions {
  /** What is shown, without the service: `Response time (p95)`. */
  readonly title: string;
  readonly threshold?: TimeChart['threshold'];
  readonly measured?: number | undefined;
}

/** One metric of one service over time, with its target, its usual range and what happened. */
export function metricChart(
  input: ChartPlanInput,
  metric: MetricPoints,
  options: MetricChartOptions,
): TimeChart {
  const { unit, service, target } = metric;
  const { threshold } = options;
  const points = metric.lines[0]?.points ?? [];
  const band = metric.standIn
    ? undefined
    : usualBand(points, {
        until: input.onsetAt ?? input.now - RECENT_MS,
        usual: input.usual(target, metric.metric),
        range: input.usualRange?.(target, metric.metric),
        unit,
      });
  const breachAt = metric.lines.length === 1 && !metric.standIn ? breachStart(points, threshold) : undefined;
  const crossed: readonly ChartMark[] =
    breachAt === undefined || breachAt === points[0]?.at
      ? []
      : [{ at: breachAt, label: `${sideOf(threshold)} ${limitWord(threshold)}`, kind: 'breach' }];
  const measured = options.measured ?? points[points.length - 1]?.value;
  const title = metric.standIn ? `${options.title}, each request` : options.title;
  return {
    kind: 'time',
    id: chartId(metric.metric, service),
    title: headline({ title, service, measured, unit, threshold }),
    alt: altOf({ title, metric, measured, threshold, band, breachAt, onsetAt: input.onsetAt }),
    unit,
    lines: metric.lines.map(({ label, points: own }, index) => ({
      label: plainText(label, 80),
      points: own,
      ...(index === 0 && { emphasis: true }),
    })),
    marks: [...eventMarks(input), ...crossed],
    ...(threshold && { threshold }),
    ...(band && { band }),
  };
}

interface Headline {
  readonly title: string;
  readonly service: string;
  readonly measured: number | undefined;
  readonly unit: Unit;
  readonly threshold: TimeChart['threshold'];
}

function headline({ title, service, measured, unit, threshold }: Headline): string {
  const value = measured === undefined ? '' : `: ${formatValue(measured, unit)}`;
  return `${title} of ${plainText(service, 60)}${value}${threshold ? `, ${threshold.label}` : ''}`;
}

interface AltParts {
  readonly title: string;
  readonly metric: MetricPoints;
  readonly measured: number | undefined;
  readonly threshold: TimeChart['threshold'];
  readonly band: TimeChart['band'];
  readonly breachAt: number | undefined;
  readonly onsetAt: number | undefined;
}

function altOf({ title, metric, measured, threshold, band, breachAt, onsetAt }: AltParts): string {
  const { unit, service } = metric;
  const all = metric.lines.flatMap(({ points }) => points);
  const from = Math.min(...all.map(({ at }) => at));
  const to = Math.max(...all.map(({ at }) => at));
  const highest = Math.max(...all.map(({ value }) => value).filter(Number.isFinite));
  const parts = [
    measured === undefined ? undefined : `${formatValue(measured, unit)} at ${utcClock(to)}`,
    threshold?.label,
    band?.label,
  ].filter((part) => part !== undefined);
  return altText([
    `${title} of ${plainText(service, 60)}: ${parts.join(', ')}.`,
    breachAt === undefined
      ? undefined
      : `It is ${sideOf(threshold)} the ${limitWord(threshold)} since ${utcClock(breachAt)}.`,
    onsetAt === undefined ? undefined : `The alert began at ${utcClock(onsetAt)}.`,
    Number.isFinite(highest) ? `Highest ${formatValue(highest, unit)}.` : undefined,
    `Shown from ${utcMinute(from)} to ${utcMinute(to)}.`,
  ]);
}

function sideOf(threshold: TimeChart['threshold']): 'above' | 'below' {
  return threshold?.bound === 'min' ? 'below' : 'above';
}

/** `target` or `limit`: labels of thresholds begin with the word. */
function limitWord(threshold: TimeChart['threshold']): string {
  return threshold?.label.split(' ')[0] ?? 'target';
}
