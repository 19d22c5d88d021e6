import { z } from 'zod';
import { parseDuration } from '../quantity.ts';

/** When open items of a round are reminded of, once, and where. */
export interface Reminder {
  /** After the round was posted; undefined: they are not. */
  readonly remindAfterMs: number | undefined;
  /** Undefined: in the thread of the round. */
  readonly remindIn: string | undefined;
}

/** True when both come to the same; where nobody is reminded of anything the channel does not matter. */
export function isSameReminder(a: Reminder, b: Reminder): boolean {
  if (a.remindAfterMs !== b.remindAfterMs) return false;
  return a.remindAfterMs === undefined || a.remindIn === b.remindIn;
}

const LEAST_MS = 60_000;
/** Longer than any time between two rounds. */
const MOST_MS = 366 * 24 * 60 * 60_000;

/** Reads the time after which open items are reminded of; what is wrong with it is told in a sentence. Pure. */
export function readRemindAfter(text: string): { readonly ms: number } | { readonly problem: string } {
  const ms = parseDuration(text);
  if (ms === undefined)
    return { problem: `"${text}" is not a duration; write for example 45m, 4h, 1h30m or 1d` };
  if (ms < LEAST_MS) return { problem: `"${text}" is too short; 1m is the least` };
  return ms > MOST_MS ? { problem: `"${text}" is too long; 366d is the most` } : { ms: Math.round(ms) };
}

/** Schema of `remind_after` in a file: `4h` to 14400000 (milliseconds), or `never`. */
export const RemindAfter = z.string().transform((text, context): number | 'never' => {
  if (text.trim() === 'never') return 'never';
  const read = readRemindAfter(text);
  if ('ms' in read) return read.ms;
  context.addIssue({ code: 'custom', message: `${read.problem}, or never` });
  return z.NEVER;
});
export type RemindAfter = z.infer<typeof RemindAfter>;

const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A duration as it is written in files, nothing lost: `4h`, `1h30m`. Pure. */
export function writeDuration(ms: number): string {
  let left = ms;
  return STEPS.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  }).join('');
}
