import type { CollectedEvidence } from '../evidence.ts';
import { median } from '../monitor/robust.ts';

/** Fewer misses at once are what a handful of users cause. */
const LEAST_BURST = 20;

/** A burst has so many times the misses of an ordinary moment of the same length. */
const STANDS_OUT = 5;

/** Misses that come evenly are no burst: bursts make up most of all misses. */
const LEAST_SHARE = 0.6;

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
  const usual = median(misses) ?? 0;
  const runs = runsAbove(misses, 2 * usual).filter(
    ({ from, to, sum }) => sum >= Math.max(LEAST_BURST, STANDS_OUT * usual * (to - from)),
  );
  const told = sumOf(runs.map(({ sum }) => sum)) >= LEAST_SHARE * total ? runs : [];
  const usuallyStored = median(stored) ?? 0;
  return {
    bursts: told.map(({ sum }) => sum),
    misses: total,
    stored: sumOf(
      // The answer to a miss may be stored in the next slice.
      told.flatMap(({ from, to }) =>
        stored.slice(from, to + 1).map((count) => Math.max(0, count - usuallyStored)),
      ),
    ),
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
