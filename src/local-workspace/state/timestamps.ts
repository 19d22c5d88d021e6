import type { Clock } from '../../engine/ports/runtime.ts';

const TS = /^\d{1,12}\.\d{6}$/;

/** Whether a text has the form of a message `ts`: seconds and six digits. */
export function isTs(text: string): boolean {
  return TS.test(text);
}

/** Microseconds since the epoch, for comparing; NaN for a text that is no number. */
export function microseconds(ts: string): number {
  return Math.round(Number(ts) * 1e6);
}

/** Numbers messages by time. */
export interface Timestamps {
  /** Later than every `ts` before it, also when the clock stands still or goes back. */
  next(): string;
  /** Takes note of a `ts` from an earlier life. */
  seen(ts: string): void;
  last(): string;
}

export function createTimestamps(now: Clock): Timestamps {
  let last = 0;
  const text = (micros: number) => `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
  return {
    next() {
      last = Math.max(last + 1, Math.floor(now() * 1000));
      return text(last);
    },
    seen(ts) {
      if (isTs(ts)) last = Math.max(last, microseconds(ts));
    },
    last: () => text(last),
  };
}
