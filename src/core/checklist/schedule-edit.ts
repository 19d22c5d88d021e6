import { DEFAULT_HOLIDAYS, daysOf, type HolidayChoice } from './holidays.ts';
import type { Reminder } from './reminder.ts';
import {
  type Schedule,
  type ScheduleDefaults,
  scheduleId,
  toCron,
  WEEKDAYS,
  type Weekday,
} from './schedule.ts';

/** When a checklist comes in a channel, as somebody set it in Slack. It takes the place of what the file says. */
export interface ScheduleEdit {
  readonly checklist: string;
  /** As the file writes it, or an id when the file knows none. */
  readonly channel: string;
  /** Five fields of cron, in `timezone`. */
  readonly cron: string;
  /** IANA zone. */
  readonly timezone: string;
  /** True: no rounds. */
  readonly paused: boolean;
  /** Undefined: as the file says. */
  readonly reminder: Reminder | undefined;
  /** Undefined: the holidays that the file says. */
  readonly keeps: HolidayChoice | undefined;
  readonly editedBy: string;
  /** Milliseconds since the epoch. */
  readonly editedAt: number;
}

/** A schedule that is in force, and who made it what it is when that was not the file. */
export interface CurrentSchedule extends Schedule {
  readonly edit: ScheduleEdit | undefined;
  /** Those of the file that it stands in for. */
  readonly inFile: readonly Schedule[];
  /** A list that somebody chose and that is not in the file any more; what the file says counts. */
  readonly lostList?: HolidayChoice;
}

/** A checklist in a channel: what an edit is about. */
export type SchedulePlace = Pick<Schedule, 'checklist' | 'channel'>;

/** True when both are the same checklist in the same channel. */
export function isSamePlace(a: SchedulePlace, b: SchedulePlace): boolean {
  return a.checklist === b.checklist && a.channel === b.channel;
}

/** What is in force: the schedules of the file, but for places where somebody set another one in Slack. Pure. */
export function withEdits(
  file: readonly Schedule[],
  edits: readonly ScheduleEdit[],
  defaults: ScheduleDefaults,
): readonly CurrentSchedule[] {
  const ofFile = file.flatMap((schedule, index): readonly CurrentSchedule[] => {
    const edit = edits.find((known) => isSamePlace(known, schedule));
    if (edit === undefined) return [{ ...schedule, edit, inFile: [schedule] }];
    const isFirst = file.findIndex((other) => isSamePlace(other, schedule)) === index;
    return isFirst ? [toCurrent(edit, file, defaults)] : [];
  });
  const ownOnes = edits.filter((edit) => !file.some((schedule) => isSamePlace(edit, schedule)));
  return [...ofFile, ...ownOnes.map((edit) => toCurrent(edit, file, defaults))];
}

function toCurrent(
  edit: ScheduleEdit,
  file: readonly Schedule[],
  defaults: ScheduleDefaults,
): CurrentSchedule {
  const { checklist, channel, cron, timezone, paused } = edit;
  const inFile = file.filter((schedule) => isSamePlace(schedule, edit));
  const said = whatFileSays(inFile, defaults);
  const { remindAfterMs, remindIn } = edit.reminder ?? said;
  const chosen = edit.keeps === undefined ? undefined : daysOf(defaults.holidays, edit.keeps);
  const keeps = chosen === undefined ? said.keeps : (edit.keeps ?? said.keeps);
  return {
    id: scheduleId(edit),
    checklist,
    channel,
    cron,
    timezone,
    remindAfterMs,
    remindIn,
    keeps,
    holidays: chosen ?? inFile[0]?.holidays ?? defaults.holidays.usual,
    paused,
    edit,
    inFile,
    ...(edit.keeps !== undefined && chosen === undefined && { lostList: edit.keeps }),
  };
}

/** Reminder and holidays that a place has from the file: those of its first schedule there. Pure. */
export function whatFileSays(
  [first]: readonly Schedule[],
  defaults: ScheduleDefaults,
): Pick<Schedule, 'remindAfterMs' | 'remindIn' | 'keeps'> {
  if (first !== undefined) return first;
  return { remindAfterMs: defaults.remindAfterMs, remindIn: undefined, keeps: DEFAULT_HOLIDAYS };
}

/** Days of the week and a time, as people think of most schedules. */
export interface WeeklyTime {
  readonly days: readonly Weekday[];
  /** `09:00` */
  readonly time: string;
}

/** The days and the time of a pattern, or undefined when it says something else. Pure. */
export function toWeeklyTime(cron: string): WeeklyTime | undefined {
  const [, minute, hour, list] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:[,-][0-7])*)$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined || list === undefined) return undefined;
  if (Number(minute) > 59 || Number(hour) > 23) return undefined;
  const numbers = list === '*' ? [0, 1, 2, 3, 4, 5, 6] : list.split(',').flatMap(spanOf);
  const days = WEEKDAYS.filter((_day, number) => numbers.some((wanted) => wanted % 7 === number));
  return { days, time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` };
}

/** The pattern of days and a time; undefined without a day. Pure. */
export function fromWeeklyTime({ days, time }: WeeklyTime): string | undefined {
  return days.length === 0 ? undefined : toCron(days, time);
}

/** `1-5` as the days from 1 to 5. */
function spanOf(part: string): readonly number[] {
  const [from = 0, to = from] = part.split('-').map(Number);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

const DAY_NAMES: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** The name of a day for people. */
export function dayName(day: Weekday): string {
  return DAY_NAMES[day];
}

/** A pattern in words where there are some: `Monday to Friday at 09:00`. Pure. */
export function describeTiming(cron: string): string {
  const weekly = toWeeklyTime(cron);
  if (weekly !== undefined) return `${daysInWords(weekly.days)} at ${weekly.time}`;
  const [, minute, hour, day] = /^(\d{1,2}) (\d{1,2}) (\d{1,2}) \* \*$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined || day === undefined) return `cron ${cron}`;
  return `day ${day} of each month at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
}

function daysInWords(days: readonly Weekday[]): string {
  if (days.length === 7) return 'every day';
  const isWeekend = (day: Weekday) => day === 'sat' || day === 'sun';
  if (days.length === 5 && !days.some(isWeekend)) return 'Monday to Friday';
  // People begin the week on Monday.
  const ordered = [...days.filter((day) => day !== 'sun'), ...days.filter((day) => day === 'sun')];
  return ordered.map(dayName).join(', ');
}
