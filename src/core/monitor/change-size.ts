import type { Unit } from '../unit.ts';

/** Changes below this are noise whatever their share: a tenth of a percent of CPU may triple and mean nothing. */
const FLOORS: Readonly<Record<Unit, number>> = {
  ms: 10,
  bytes: 20_000_000,
  bytes_per_second: 100_000,
  ratio: 0.03,
  count: 2,
  per_second: 1,
  per_minute: 60,
  cores: 0.05,
  timestamp: Number.POSITIVE_INFINITY,
};

/** How big a change is beside others: 1 is a tenth of what it was, or the floor of its unit where that is more. */
export function changeSize(before: number, now: number, unit: Unit): number {
  return Math.abs(now - before) / Math.max(0.1 * Math.abs(before), FLOORS[unit]);
}

/** A change for people: `+12 points`, `-30 %`, `×4`. */
export function changeText(before: number, now: number, unit: Unit): string {
  const difference = now - before;
  const sign = difference < 0 ? '-' : '+';
  if (unit === 'ratio') return `${sign}${Math.abs(Math.round(difference * 1000) / 10)} points`;
  if (before === 0) return difference === 0 ? 'same' : 'new';
  const share = now / before;
  if (!Number.isFinite(share)) return 'new';
  if (share >= 3) return `×${Math.round(share * 10) / 10}`;
  const percent = Math.abs(Math.round((share - 1) * 100));
  return percent === 0 ? 'same' : `${sign}${percent} %`;
}
