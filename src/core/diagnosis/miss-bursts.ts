import type { CollectedEvidence } from '../evidence.ts';
import { median } from '../monitor/robust.ts';

/** Fewer misses at once are what a handful of users cause. */
const LEAST_BURST = 20;

/** In bursts most misses fall into few moments: of even ones about half lie above their mean, in half of the time. */
const LEAST_SHARE = 0.7;
const MOST_TIME = 0.5;

const LEAST_SLICES = 4;

export interface MissBursts {
  /** Misses of each burst; a burst may last several slices. */
  readonly bursts: readonly number[];
  /** Misses of the whole window. */
  readonly misses: number;
  /** Values stored in and right after the bursts, on top of what is stored all the time. */
  readonly stored: number;
}

/** Bursts of misses in the slices that `redis.commands` reports; undefined where it reports too few. */
export function missBursts(evidence: CollectedEvidence): MissBursts | undefined {
  const misses = slicesOf(evidence, 'misses_per_slice');
  const stored = slicesOf(evidence, 'stored_per_slice');
  if (misses.length < LEAST_SLICES) return undefined;
  const total = sumOf(misses);
  const runs = runsAbove(misses, total / misses.length).filter(({ sum }) => sum >= LEAST_BURST);
  const time = sumOf(runs.map(({ from, to }) => to - from)) / misses.length;
  const share = sumOf(runs.map(({ sum }) => sum)) / Math.max(1, total);
  const told = share >= LEAST_SHARE && time <= MOST_TIME ? runs : [];
  // The answer to a miss may be stored in the next slice.
  const isIn = (index: number) => told.some(({ from, to }) => index >= from && index <= to);
  const usual = median(stored.filter((_, index) => !isIn(index))) ?? 0;
  return {
    bursts: told.map(({ sum }) => sum),
    misses: total,
    stored: sumOf(stored.filter((_, index) => isIn(index)).map((count) => Math.max(0, count - usual))),
  };
}

/** Neighbouring slices above a level: the first, the one behind the last, and their sum. */
function runsAbove(slices: readonly number[], level: number) {
  const runs: { from: number; to: number; sum: number }[] = [];
  slices.forEach((count, index) => {
    if (count <= level) return;
    const last = runs.at(-1);
    if (last?.to === index) {
      last.to = index + 1;
      last.sum += count;
    } else runs.push({ from: index, to: index + 1, sum: count });
  });
  return runs;
}

function slicesOf({ series = [] }: CollectedEvidence, name: string): readonly number[] {
  return series.find((one) => one.name === name)?.points.map(({ value }) => value) ?? [];
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
