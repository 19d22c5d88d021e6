import type { Entry } from '../state/workspace-state.ts';
import { showSlackDate } from '../text/slack-date.ts';

const secondsOf = (ts: string) => Number(ts.split('.', 1)[0]);

const show = (ts: string, format: string) =>
  showSlackDate({ seconds: secondsOf(ts), format, fallback: ts }, Date.now());

/** The day of a message: `Today`, `Yesterday` or the date. */
export function dayOf(ts: string): string {
  const day = show(ts, '{date_long_pretty}');
  return day.charAt(0).toUpperCase() + day.slice(1);
}

/** The time of a message in the reader's zone. */
export const timeOf = (ts: string) => show(ts, '{time}');

/** Day and time of a message. */
export const momentOf = (ts: string) => show(ts, '{date_long}, {time_secs}');

/** How long ago a message was written. */
export const agoOf = (ts: string) => show(ts, '{ago}');

/** When a message was written, for machines. */
export const machineTime = (ts: string) => new Date(secondsOf(ts) * 1000).toISOString();

/** What tells entries of a list apart. */
export const keyOf = (entry: Entry) => entry.id ?? entry.ts;
