import type { CollectedEvidence, Evidence, Point, Series } from '../evidence.ts';
import type { Unit } from '../unit.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';

/** A line is worth a picture from this many points on. */
export const LEAST_POINTS = 3;

/** Series of single events that stand in for a summary when it has no history. */
const STAND_INS: Readonly<Record<string, string>> = { response_time_p95_ms: 'response_time_ms' };

/** A metric of a target over time, as far as it is known. */
export interface MetricPoints {
  readonly target: string;
  readonly service: string;
  readonly metric: string;
  readonly unit: Unit;
  /** Several only when a probe reports one series for each of several things (routes, devices). */
  readonly lines: readonly { readonly label: string; readonly points: readonly Point[] }[];
  /** True when the points are single events and not the metric itself. */
  readonly standIn: boolean;
}

/** Evidence that could be collected. */
export function collected(evidence: readonly Evidence[]): readonly CollectedEvidence[] {
  return evidence.filter((item): item is CollectedEvidence => item.status === 'collected');
}

/**
 * All points of a metric: the stored history with the value of this run behind it, or what the probe itself saw over
 * time when that reaches further back. The two are not mixed: points of one line must have one distance, or the pauses
 * of the coarser one would look like gaps.
 */
export function metricPoints(
  input: Pick<ChartPlanInput, 'evidence' | 'history'>,
  wanted: { readonly target: string; readonly metric: string },
): MetricPoints | undefined {
  const { target, metric } = wanted;
  const stored = input.history.find((item) => item.target === target && item.metric === metric);
  const sources = collected(input.evidence).filter((item) => item.target === target);
  const fresh = sources.flatMap((item) =>
    item.metrics.filter(({ name }) => name === metric).map((value) => ({ ...value, item })),
  )[0];
  const unit = fresh?.unit ?? stored?.unit;
  const service = fresh?.item.service ?? stored?.service;
  if (unit === undefined || service === undefined) return undefined;
  const base = { target, metric, unit, service };
  const history = withFresh(
    stored?.points ?? [],
    fresh && { at: fresh.item.collectedAt, value: fresh.value },
  );
  const seen = sources.flatMap((item) => (item.series ?? []).filter(({ name }) => name === metric));
  if (reach(seen) > span(history)) return { ...base, lines: toLines(seen, service), standIn: false };
  if (history.length >= LEAST_POINTS)
    return { ...base, lines: [{ label: service, points: history }], standIn: false };
  const events = sources.flatMap((item) =>
    (item.series ?? []).filter(({ name }) => name === STAND_INS[metric]),
  );
  if (reach(events) > 0) return { ...base, lines: toLines(events, service), standIn: true };
  return history.length > 0
    ? { ...base, lines: [{ label: service, points: history }], standIn: false }
    : undefined;
}

/** The longest line has enough points to be worth a picture. */
export function isWorthDrawing({ lines }: MetricPoints): boolean {
  return lines.some(({ points }) => points.length >= LEAST_POINTS);
}

function toLines(series: readonly Series[], service: string): MetricPoints['lines'] {
  return series.map(({ label, points }) => ({ label: label ?? service, points }));
}

function withFresh(points: readonly Point[], fresh: Point | undefined): readonly Point[] {
  const last = points[points.length - 1];
  return fresh !== undefined && (last === undefined || fresh.at > last.at) ? [...points, fresh] : points;
}

function reach(series: readonly Series[]): number {
  return Math.max(0, ...series.map(({ points }) => span(points)));
}

/** Milliseconds from the first to the last of enough points. */
function span(points: readonly Point[]): number {
  if (points.length < LEAST_POINTS) return 0;
  return (points[points.length - 1]?.at ?? 0) - (points[0]?.at ?? 0);
}
