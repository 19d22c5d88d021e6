import type { ChartMark, TimeChart } from '../chart.ts';
import type { Point } from '../evidence.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { collected } from './chart-points.ts';

/** Two accounts of one event lie no further apart. */
const SAME_MS = 2000;

/** What happened: the onset that the alert names, and every change that is known. */
export function eventMarks(input: ChartPlanInput): readonly ChartMark[] {
  const onset: readonly ChartMark[] =
    input.onsetAt === undefined ? [] : [{ at: input.onsetAt, label: 'alert began', kind: 'onset' }];
  const known = input.changes ?? [];
  // A start that is known to be a replacement says so in its own words.
  const starts = containerStarts(input).filter(
    ({ at }) => !known.some((change) => Math.abs(change.at - at) < SAME_MS),
  );
  const changes = [...known, ...starts];
  const seen = new Set<string>();
  return [
    ...onset,
    ...changes
      .filter(({ at, label }) => {
        const key = `${at} ${label}`;
        return !seen.has(key) && seen.add(key) !== undefined;
      })
      .map(({ at, label }): ChartMark => ({ at, label, kind: 'change' })),
  ];
}

function containerStarts({ evidence, now }: ChartPlanInput): readonly { at: number; label: string }[] {
  return collected(evidence).flatMap(({ targetKind, facts, service }) => {
    const at = Date.parse(facts?.started_at ?? '');
    return targetKind === 'container' && at > 0 && at <= now ? [{ at, label: `${service} started` }] : [];
  });
}

/** When the value went to the wrong side of the threshold and stayed there until the last point; undefined if not. */
export function breachStart(points: readonly Point[], threshold: TimeChart['threshold']): number | undefined {
  if (threshold === undefined) return undefined;
  const misses = ({ value }: Point): boolean =>
    threshold.bound === 'min' ? value < threshold.value : value > threshold.value;
  const lastGood = points.findLastIndex((point) => !misses(point));
  return points[lastGood + 1]?.at;
}
