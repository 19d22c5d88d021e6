import { z } from 'zod';
import { Duration } from '../quantity.ts';

/** Days of the week as they are written in files, in the order of cron. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const DAY_SETS: Readonly<Record<string, readonly Weekday[]>> = {
  weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'],
  weekend: ['sat', 'sun'],
  every_day: WEEKDAYS,
};

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'lower-case letters, digits and -, at most 50');
const Channel = z
  .string()
  .regex(/^#?[^\s#,]{1,80}$/, 'write one channel, a name (#ops) or an id (C0123456789)');
const Day = z
  .union([z.string(), z.date()])
  .transform((day) => (typeof day === 'string' ? day : day.toISOString().slice(0, 10)))
  .refine((day) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)), {
    message: 'write a day as 2026-12-25',
  });
const Zone = z.string().refine(isZone, 'is not a time zone; write an IANA name, for example Europe/Berlin');

const Entry = z
  .strictObject({
    checklist: Name.describe('name of the checklist: daily, weekly, monthly or one of your own'),
    channel: Channel.optional(),
    cron: z.string().optional().describe('five fields, for example 0 9 1 * *'),
    on: z
      .union([z.enum(['weekdays', 'weekend', 'every_day']), z.array(z.enum(WEEKDAYS)).min(1)])
      .optional()
      .describe('days of the week; with at'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as "09:00"')
      .optional(),
    timezone: Zone.optional(),
    remind_after: Duration.optional().describe(
      'open items are reminded of once after this time, for example 4h',
    ),
    remind_in: Channel.optional().describe('channel of the reminder; without it the thread of the checklist'),
    on_holidays: z.boolean().default(false).describe('true: holidays do not matter'),
    paused: z.boolean().default(false),
  })
  .refine(
    ({ cron, on, at }) =>
      (cron === undefined) === (on !== undefined) && (on !== undefined) === (at !== undefined),
    {
      message: 'write either cron, or on and at',
    },
  );

/** The content of `checklists.yaml`. */
export const SchedulesFile = z.strictObject({
  channel: Channel.optional(),
  timezone: Zone.optional(),
  remind_after: Duration.optional(),
  holidays: z.array(Day).default([]).describe('days without checklists, as 2026-12-25'),
  schedules: z.array(Entry).default([]),
});
export type SchedulesFile = z.infer<typeof SchedulesFile>;

/** When a checklist is posted where. Durations in milliseconds. */
export interface Schedule {
  /** Checklist and channel; several of the same are told apart by their time. */
  readonly id: string;
  readonly checklist: string;
  readonly channel: string;
  /** Five fields of cron, in `timezone`. */
  readonly cron: string;
  /** IANA zone. */
  readonly timezone: string;
  readonly remindAfterMs: number | undefined;
  /** Undefined: the thread of the round. */
  readonly remindIn: string | undefined;
  /** Days of the zone without a round, as `2026-12-25`. */
  readonly holidays: readonly string[];
  readonly paused: boolean;
}

/** The schedules of a file with its defaults filled in. Pure. */
export function toSchedules(
  file: SchedulesFile,
  defaults: { readonly channel: string; readonly timezone: string },
): readonly Schedule[] {
  return file.schedules.map((entry) => {
    const cron = entry.cron ?? toCron(entry.on ?? [], entry.at ?? '');
    const channel = entry.channel ?? file.channel ?? defaults.channel;
    const timezone = entry.timezone ?? file.timezone ?? defaults.timezone;
    return {
      id: scheduleId({ checklist: entry.checklist, channel, cron, timezone }),
      checklist: entry.checklist,
      channel,
      cron,
      timezone,
      remindAfterMs: entry.remind_after ?? file.remind_after,
      remindIn: entry.remind_in,
      holidays: entry.on_holidays ? [] : file.holidays,
      paused: entry.paused,
    };
  });
}

/** What a schedule takes from its file when nobody said otherwise. */
export type ScheduleDefaults = Pick<Schedule, 'timezone' | 'remindAfterMs' | 'holidays'>;

/** The defaults of a file, for schedules that do not come from it. Pure. */
export function toScheduleDefaults(
  file: SchedulesFile | undefined,
  { timezone }: { readonly timezone: string },
): ScheduleDefaults {
  return {
    timezone: file?.timezone ?? timezone,
    remindAfterMs: file?.remind_after,
    holidays: file?.holidays ?? [],
  };
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
