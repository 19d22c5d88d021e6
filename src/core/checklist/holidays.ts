import { z } from 'zod';

/** A list that every file has: its own `holidays`. */
export const DEFAULT_HOLIDAYS = 'default';
/** Another one: no days at all. */
export const NO_HOLIDAYS = 'none';

/** Name of the list of holidays that a schedule keeps: `default`, `none` or one of the file. */
export type HolidayChoice = string;

/** A day of a calendar, whatever the zone: `2026-12-25`. */
export const Day = z
  .union([z.string(), z.date()])
  .transform((day) => (typeof day === 'string' ? day.trim() : day.toISOString().slice(0, 10)))
  .superRefine((day, context) => {
    const problem = dayProblem(day);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** The `holiday_lists` of a file. */
export const HolidayLists = z
  .record(z.string(), z.array(Day, { error: 'write the days of the list as [2026-12-25, 2026-12-26]' }))
  .superRefine((lists, context) => {
    for (const name of Object.keys(lists)) {
      const message = nameProblem(name);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** The holidays of a file. */
export interface Holidays {
  /** Those that a schedule keeps when nobody names a list, as `2026-12-25`. */
  readonly usual: readonly string[];
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** The days of a list, or undefined when the file has no such list. Pure. */
export function daysOf({ usual, lists }: Holidays, choice: HolidayChoice): readonly string[] | undefined {
  if (choice === NO_HOLIDAYS) return [];
  return choice === DEFAULT_HOLIDAYS ? usual : Object.entries(lists).find(([name]) => name === choice)?.[1];
}

/** The first days of a list that are not before `today` (`2026-12-24`), each once. Pure. */
export function nextDays(days: readonly string[], today: string, count: number): readonly string[] {
  return [...new Set(days)]
    .filter((day) => day >= today)
    .sort()
    .slice(0, count);
}

function dayProblem(day: string): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return `"${day}" is no day; write year, month and day as 2026-12-25`;
  // What Date reads of 2026-02-30 is another day.
  const read = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  return read.toISOString().slice(0, 10) === day
    ? undefined
    : `"${day}" is not in the calendar; write a day that there is, as 2026-12-25`;
}

function nameProblem(name: string): string | undefined {
  if (name === DEFAULT_HOLIDAYS || name === NO_HOLIDAYS)
    return `"${name}" cannot be the name of a list, it means something else; give the list another one`;
  return /^[a-z0-9][a-z0-9-]{0,49}$/.test(name)
    ? undefined
    : `"${name}" is no name of a list; write lower-case letters, digits and -, at most 50`;
}
