import { z } from 'zod';
import { Day, DEFAULT_HOLIDAYS, daysOf, HolidayLists, type Holidays, NO_HOLIDAYS } from './holidays.ts';
import { RemindAfter } from './reminder.ts';
import { isZone, type Schedule, type ScheduleDefaults, scheduleId, toCron, WEEKDAYS } from './schedule.ts';

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'lower-case letters, digits and -, at most 50');
const Channel = z
  .string()
  .regex(/^#?[^\s#,]{1,80}$/, 'write one channel, a name (#ops) or an id (C0123456789)');
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
    remind_after: RemindAfter.optional().describe(
      'open items are reminded of once after this time, for example 4h; never',
    ),
    remind_in: Channel.optional().describe('channel of the reminder; without it the thread of the checklist'),
    holidays: z
      .string()
      .optional()
      .describe('name of one of holiday_lists, default (those of holidays) or none'),
    on_holidays: z.boolean().default(false).describe('true: holidays do not matter, as holidays: none'),
    paused: z.boolean().default(false),
  })
  .refine(
    ({ cron, on, at }) =>
      (cron === undefined) === (on !== undefined) && (on !== undefined) === (at !== undefined),
    {
      message: 'write either cron, or on and at',
    },
  )
  .refine(({ holidays, on_holidays }) => !on_holidays || holidays === undefined || holidays === NO_HOLIDAYS, {
    message: 'on_holidays: true keeps no holidays; leave out one of on_holidays and holidays',
    path: ['holidays'],
  });

/** The content of `checklists.yaml`. */
export const SchedulesFile = z
  .strictObject({
    channel: Channel.optional(),
    timezone: Zone.optional(),
    remind_after: RemindAfter.optional(),
    holidays: z
      .union([z.array(Day), z.string()], {
        error: 'write days as [2026-12-25], or the name of one of holiday_lists',
      })
      .default([])
      .describe('days without checklists, as 2026-12-25, or the name of one of holiday_lists'),
    holiday_lists: HolidayLists.default({}).describe(
      'further holidays, for schedules that name one of these lists',
    ),
    schedules: z.array(Entry).default([]),
  })
  .superRefine((file, context) => {
    for (const { path, name } of namedLists(file)) {
      if (daysOf({ usual: [], lists: file.holiday_lists }, name) !== undefined) continue;
      context.addIssue({ code: 'custom', path, message: noSuchList(name, Object.keys(file.holiday_lists)) });
    }
  });
export type SchedulesFile = z.infer<typeof SchedulesFile>;

function namedLists({ holidays, schedules }: Pick<SchedulesFile, 'holidays' | 'schedules'>) {
  const entries = schedules.map((entry, index) => ({
    path: ['schedules', index, 'holidays'],
    name: entry.holidays ?? DEFAULT_HOLIDAYS,
  }));
  return typeof holidays === 'string' ? [{ path: ['holidays'], name: holidays }, ...entries] : entries;
}

function noSuchList(name: string, lists: readonly string[]): string {
  const known =
    lists.length === 0 ? 'there is no holiday_lists in this file' : `there are: ${lists.join(', ')}`;
  return `there is no list of holidays "${name}"; add it to holiday_lists, or write one that is there (${known})`;
}

/** The schedules of a file with its defaults filled in. Pure. */
export function toSchedules(
  file: SchedulesFile,
  defaults: { readonly channel: string; readonly timezone: string },
): readonly Schedule[] {
  const holidays = toHolidays(file);
  return file.schedules.map((entry) => {
    const cron = entry.cron ?? toCron(entry.on ?? [], entry.at ?? '');
    const channel = entry.channel ?? file.channel ?? defaults.channel;
    const timezone = entry.timezone ?? file.timezone ?? defaults.timezone;
    const keeps = entry.on_holidays ? NO_HOLIDAYS : (entry.holidays ?? DEFAULT_HOLIDAYS);
    return {
      id: scheduleId({ checklist: entry.checklist, channel, cron, timezone }),
      checklist: entry.checklist,
      channel,
      cron,
      timezone,
      remindAfterMs: toMs(entry.remind_after ?? file.remind_after),
      remindIn: entry.remind_in,
      keeps,
      holidays: daysOf(holidays, keeps) ?? [],
      paused: entry.paused,
    };
  });
}

function toMs(after: RemindAfter | undefined): number | undefined {
  return after === 'never' ? undefined : after;
}

function toHolidays({ holidays, holiday_lists: lists }: SchedulesFile): Holidays {
  const usual = typeof holidays === 'string' ? daysOf({ usual: [], lists }, holidays) : holidays;
  return { usual: usual ?? [], lists };
}

/** The defaults of a file, for schedules that do not come from it. Pure. */
export function toScheduleDefaults(
  file: SchedulesFile | undefined,
  { timezone }: { readonly timezone: string },
): ScheduleDefaults {
  return {
    timezone: file?.timezone ?? timezone,
    remindAfterMs: toMs(file?.remind_after),
    holidays: file === undefined ? { usual: [], lists: {} } : toHolidays(file),
  };
}
