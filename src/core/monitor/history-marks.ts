import type { ChartMark } from '../chart.ts';
import type { Point } from '../evidence.ts';
import { formatDuration, formatValue, type Unit } from '../unit.ts';
import { findChangePoint } from './change-point.ts';
import type { TargetChange } from './target-change.ts';

/** A change this long before a new level may be its reason; roll-ups are an hour wide. */
const BEFORE_MS = 2 * 60 * 60_000;
const AFTER_MS = 60 * 60_000;
/** More marks hide the line. */
const MOST_CHANGES = 4;

/** Where a metric came to another level, and what changed at its service; the changes nearest to the new level first. */
export function historyMarks({
  points,
  unit,
  changes,
}: {
  readonly points: readonly Point[];
  readonly unit: Unit;
  readonly changes: readonly TargetChange[];
}): readonly ChartMark[] {
  const change = findChangePoint(points, unit);
  const distance = ({ at }: TargetChange) => Math.abs(at - (change?.at ?? Number.POSITIVE_INFINITY));
  const shown = changes
    .toSorted((a, b) => distance(a) - distance(b) || b.at - a.at)
    .slice(0, MOST_CHANGES)
    .map(({ at, what }): ChartMark => ({ at, label: what, kind: 'change' }));
  if (change === undefined) return shown;
  const reason = changes.findLast(({ at }) => at >= change.at - BEFORE_MS && at <= change.at + AFTER_MS);
  const level = `${formatValue(change.before, unit)} to ${formatValue(change.after, unit)}`;
  const after =
    reason === undefined || reason.at > change.at
      ? ''
      : `, ${formatDuration(change.at - reason.at)} after it was ${reason.what}`;
  return [...shown, { at: change.at, label: `${level}${after}`, kind: 'onset' }];
}
