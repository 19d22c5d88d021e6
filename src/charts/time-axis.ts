import { DateTime } from 'luxon';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  1000,
  2000,
  5000,
  10_000,
  15_000,
  30_000,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
] as const;

export interface TimeAxis {
  /** Moments of the ticks, milliseconds since the epoch, round in the zone. */
  readonly ticks: readonly number[];
  label(at: number): string;
  /** The time of day of a moment: `03:11`. */
  clock(at: number): string;
  /** Names the day and the zone: `Mon 23 Nov 2026 · times in Europe/Berlin`. */
  readonly title: string;
}

/** Ticks at round local times, at most `most` of them, with the words for them in an IANA zone. */
export function timeAxis(range: { from: number; to: number; zone: string; most: number }): TimeAxis {
  const { from, to, zone, most } = range;
  const step =
    STEPS.find((candidate) => (to - from) / candidate <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const local = (at: number): DateTime => DateTime.fromMillis(at, { zone, locale: 'en-GB' });
  const offset = local(from).offset * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) ticks.push(at);
  const days = to - from > 20 * HOUR;
  const format = step < MINUTE ? 'HH:mm:ss' : step >= DAY ? 'd LLL' : 'HH:mm';
  const label = (at: number): string => {
    const moment = local(at);
    return days && format === 'HH:mm' && moment.hour === 0 && moment.minute === 0
      ? moment.toFormat('ccc d LLL')
      : moment.toFormat(format);
  };
  const clock = (at: number): string => local(at).toFormat(to - from < 3 * MINUTE ? 'HH:mm:ss' : 'HH:mm');
  return { ticks, label, clock, title: `${spanOfDays(local(from), local(to))} · times in ${zone}` };
}

function spanOfDays(from: DateTime, to: DateTime): string {
  const last = to.toFormat('ccc d LLL yyyy');
  if (from.hasSame(to, 'day')) return last;
  return `${from.toFormat(from.hasSame(to, 'year') ? 'ccc d LLL' : 'ccc d LLL yyyy')} – ${last}`;
}
