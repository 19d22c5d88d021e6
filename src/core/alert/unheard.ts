import { MONITOR_SENDER } from '../monitor/to-alert.ts';
import { formatDuration } from '../unit.ts';

const HOUR_MS = 60 * 60_000;

/** Alertmanager and Grafana repeat what fires every 4 h by default, others that repeat do so more often: six repeats are missing. */
const REPEATED_MS = 24 * HOUR_MS;
/** Senders that nobody saw repeat anything may tell only the beginning and the end. */
const TOLD_ONCE_MS = 7 * 24 * HOUR_MS;
const REPEATING_SENDERS = ['alertmanager', 'grafana'];

/** From when on an alert that nobody spoke of counts as ended. Milliseconds since the epoch. */
export interface UnheardLimits {
  /** These are known to repeat; others are, once they have. */
  readonly repeatingSenders: readonly string[];
  readonly repeatedBefore: number;
  readonly toldOnceBefore: number;
  /** What this one sends is never ended so. */
  readonly exceptSender: string;
}

/** The limits now. A repeat that came while perfbot was away was not heard: only what could be heard `since` then is missed. */
export function unheardLimits(now: number, since: number): UnheardLimits {
  const repeatedBefore = now - REPEATED_MS;
  return {
    repeatingSenders: REPEATING_SENDERS,
    repeatedBefore: since <= repeatedBefore ? repeatedBefore : 0,
    toldOnceBefore: now - TOLD_ONCE_MS,
    // The monitor ends its alerts itself, and says nothing in between.
    exceptSender: MONITOR_SENDER,
  };
}

/** What is said of alerts that count as ended; `after` is how long nobody spoke of them, at least, in milliseconds. */
export function unheardText(after: number): string {
  return `Not heard of for ${formatDuration(after)}: counted as ended, not known to be resolved`;
}

/** How long an alert had to be quiet to count as ended, milliseconds. */
export function unheardAfterMs({ isRepeated }: { readonly isRepeated: boolean }): number {
  return isRepeated ? REPEATED_MS : TOLD_ONCE_MS;
}
