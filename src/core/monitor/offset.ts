import { stableId } from '../alert/fingerprint.ts';

/**
 * Delay of a target within the spread, milliseconds: the same in every round, so that its samples stay one interval
 * apart, and another for each target, so that they are not all looked at in the same instant.
 */
export function offsetOf(target: string, spreadMs: number): number {
  const share = Number.parseInt(stableId('offset', target).slice(1, 9), 16) / 0x1_0000_0000;
  return Math.floor(share * spreadMs);
}
