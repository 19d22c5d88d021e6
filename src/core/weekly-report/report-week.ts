const DAY_MS = 24 * 60 * 60_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** From Friday on people ask about the week that is ending, before that about the last one. */
const FRIDAY = 4;

/** A span of time, milliseconds since the epoch: from `from` until just before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The week a report is about, and what it is compared with. */
export interface ReportWeek extends Span {
  readonly before: Span;
  /** `week 47, 16 to 22 November`. */
  readonly title: string;
  /** False: it still goes on, and is compared with the same part of the week before. */
  readonly complete: boolean;
}

/**
 * The week (Monday to Sunday in a zone) that a report of this moment is about: the last one; from Friday on the one that
 * goes on. A week with a daylight-saving change is an hour shorter or longer than its neighbours. Pure.
 */
export function reportWeek(at: number, timezone: string): ReportWeek {
  const today = dayOf(at, timezone);
  const weekday = DAYS.indexOf(weekdayOf(at, timezone));
  const complete = weekday < FRIDAY;
  const monday = addDays(today, complete ? -weekday - 7 : -weekday);
  const from = startOfDay(monday, timezone);
  const to = complete ? startOfDay(addDays(monday, 7), timezone) : at;
  const beforeFrom = startOfDay(addDays(monday, -7), timezone);
  return {
    from,
    to,
    before: { from: beforeFrom, to: complete ? from : Math.min(from, beforeFrom + (to - from)) },
    title: `week ${isoWeek(monday)}, ${spanText(monday, complete ? addDays(monday, 6) : today)}`,
    complete,
  };
}

/** The first moment of a day (`2026-11-16`) of a zone, also where a clock change skips its midnight. */
export function startOfDay(day: string, timezone: string): number {
  // No zone is further than 14 hours from UTC; days of a zone never go back.
  let low = Date.parse(`${day}T00:00:00Z`) - 15 * 60 * 60_000;
  let high = low + 30 * 60 * 60_000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(middle, timezone) < day) low = middle;
    else high = middle;
  }
  return high;
}

function dayOf(at: number, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(at);
}

function weekdayOf(at: number, timezone: string): (typeof DAYS)[number] {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'short' }).format(at);
  return name as (typeof DAYS)[number];
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Number of the week as in ISO 8601: the week of a Monday is that of its Thursday. */
function isoWeek(monday: string): number {
  const thursday = addDays(monday, 3);
  const newYear = Date.parse(`${thursday.slice(0, 4)}-01-01T00:00:00Z`);
  return Math.floor((Date.parse(`${thursday}T00:00:00Z`) - newYear) / DAY_MS / 7) + 1;
}

function spanText(first: string, last: string): string {
  const sameMonth = first.slice(0, 7) === last.slice(0, 7);
  const text = (day: string, month: boolean) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'UTC',
      day: 'numeric',
      ...(month && { month: 'long' }),
    }).format(Date.parse(`${day}T00:00:00Z`));
  return `${text(first, !sameMonth)} to ${text(last, true)}`;
}
