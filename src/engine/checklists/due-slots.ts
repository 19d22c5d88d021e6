import { Cron } from 'croner';
import type { Schedule } from '../../core/checklist/schedule.ts';

type Timing = Pick<Schedule, 'cron' | 'timezone' | 'holidays'>;

/** Downtime that is looked back over; a yearly checklist is in it. */
const LOOK_BACK_MS = 400 * 24 * 60 * 60_000;
const FIELDS = 5;

/** Why a pattern is no schedule, or undefined when it is one. */
export function cronProblem(pattern: string): string | undefined {
  if (pattern.trim().split(/\s+/).length !== FIELDS)
    return `"${pattern}" is no schedule; write five fields, for example 0 9 * * 1-5`;
  try {
    return new Cron(pattern, { paused: true }).nextRun() === null ? `"${pattern}" never comes` : undefined;
  } catch {
    return `"${pattern}" is no schedule; write five fields, for example 0 9 * * 1-5`;
  }
}

/**
 * Times after `after` up to `until` at which a schedule is due, oldest first, without holidays of its zone. In the
 * hour that a daylight-saving change skips it is due right after it; in the hour that comes twice, once.
 */
export function dueSlots(
  timing: Timing,
  { after, until }: { after: number; until: number },
): readonly number[] {
  const slots: number[] = [];
  const cron = new Cron(timing.cron, { timezone: timing.timezone, paused: true });
  let at = nextOf(cron, Math.max(after, until - LOOK_BACK_MS));
  while (at !== undefined && at <= until) {
    if (!isHoliday(timing, at)) slots.push(at);
    at = nextOf(cron, at);
  }
  return slots;
}

/** When a schedule is due next, or undefined when it never is. */
export function nextDue(timing: Timing, after: number): number | undefined {
  const cron = new Cron(timing.cron, { timezone: timing.timezone, paused: true });
  let at = nextOf(cron, after);
  while (at !== undefined && isHoliday(timing, at)) at = nextOf(cron, at);
  return at;
}

/** The next times at which a schedule is due, at most `count`. */
export function nextDues(timing: Timing, after: number, count: number): readonly number[] {
  const times: number[] = [];
  let at = nextDue(timing, after);
  while (at !== undefined && times.length < count) {
    times.push(at);
    at = nextDue(timing, at);
  }
  return times;
}

function nextOf(cron: Cron, after: number): number | undefined {
  return cron.nextRun(new Date(after))?.getTime();
}

function isHoliday({ holidays, timezone }: Timing, at: number): boolean {
  return holidays.length > 0 && holidays.includes(dayOf(at, timezone));
}

/** The day of a moment in a zone, as `2026-12-25`. */
export function dayOf(at: number, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(at);
}

/** When a day (`2026-12-25`) begins in a zone; right after the change where midnight is skipped. Undefined: no day. */
export function startOfDay(day: string, timezone: string): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined || Number.isNaN(Date.parse(day))) return undefined;
  const midnight = new Cron(`0 0 ${Number(date)} ${Number(month)} *`, { timezone, paused: true });
  // No zone is further than 14 hours ahead of UTC.
  return nextOf(midnight, Date.parse(day) - 15 * 60 * 60_000);
}
