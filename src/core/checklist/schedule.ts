import type { HolidayChoice, Holidays } from './holidays.ts';
import type { Reminder } from './reminder.ts';

/** Days of the week as they are written in files, in the order of cron. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const DAY_SETS: Readonly<Record<string, readonly Weekday[]>> = {
  weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'],
  weekend: ['sat', 'sun'],
  every_day: WEEKDAYS,
};

/** When a checklist is posted where. Durations in milliseconds. */
export interface Schedule extends Reminder {
  /** Checklist and channel; several of the same are told apart by their time. */
  readonly id: string;
  readonly checklist: string;
  readonly channel: string;
  /** Five fields of cron, in `timezone`. */
  readonly cron: string;
  /** IANA zone. */
  readonly timezone: string;
  /** Name of the list that `holidays` are. */
  readonly keeps: HolidayChoice;
  /** Days of the zone without a round, as `2026-12-25`. */
  readonly holidays: readonly string[];
  readonly paused: boolean;
}

/** What a schedule takes from its file when nobody said otherwise. */
export interface ScheduleDefaults extends Pick<Schedule, 'timezone' | 'remindAfterMs'> {
  readonly holidays: Holidays;
}

/** Names a schedule: one whose time or channel has changed is another one. */
export function scheduleId({
  checklist,
  channel,
  cron,
  timezone,
}: Pick<Schedule, 'checklist' | 'channel' | 'cron' | 'timezone'>): string {
  return [checklist, channel, cron, timezone].join('|');
}

/** The pattern of days of the week with a time: `09:00`. Pure. */
export function toCron(on: string | readonly string[], at: string): string {
  const days = typeof on === 'string' ? (DAY_SETS[on] ?? []) : on;
  const [hour = '0', minute = '0'] = at.split(':');
  const numbers = WEEKDAYS.flatMap((day, number) => (days.includes(day) ? [number] : []));
  return `${Number(minute)} ${Number(hour)} * * ${numbers.length === WEEKDAYS.length ? '*' : numbers.join(',')}`;
}

/** True for an IANA name that this Node knows. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
