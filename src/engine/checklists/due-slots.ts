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
