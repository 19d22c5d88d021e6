import type { HolidayChoice } from '../../core/checklist/holidays.ts';
import type { Reminder } from '../../core/checklist/reminder.ts';
import { isZone, WEEKDAYS } from '../../core/checklist/schedule.ts';
import { fromWeeklyTime } from '../../core/checklist/schedule-edit.ts';
import { cronProblem, dayOf, startOfDay } from '../../engine/checklists/due-slots.ts';
import { nearestWord } from '../../engine/nearest-word.ts';
import type { ViewRequest } from '../receiver/handlers.ts';
import { SCHEDULE_FORM } from './form-field.ts';
import { type KnownReminder, readHolidays, readReminder } from './read-keeping.ts';

/** What somebody filled in. */
export interface ScheduleForm extends Reminder {
  readonly cron: string;
  readonly timezone: string;
  readonly paused: boolean;
  readonly keeps: HolidayChoice;
  readonly skipNext: boolean;
  /** Milliseconds since the epoch. */
  readonly pausedUntil: number | undefined;
}

type Filled = Pick<ViewRequest, 'values' | 'choices'>;
type FieldErrors = Readonly<Record<string, string>>;

/** What a form is read against. */
export interface FormContext {
  readonly now: number;
  readonly reminder: KnownReminder;
  /** Names of the lists of holidays that there are. */
  readonly lists: readonly HolidayChoice[];
}

/** Reads the form; what is wrong is told beside its field, all at once. Pure. */
export function readScheduleForm(
  { values, choices }: Filled,
  { now, reminder: known, lists }: FormContext,
): { readonly form: ScheduleForm } | { readonly errors: FieldErrors } {
  const timezone = (values[SCHEDULE_FORM.zone] ?? '').trim();
  const way = values[SCHEDULE_FORM.when];
  const timing = way === 'cron' ? readCron(values) : readDays({ values, choices }, way === 'off');
  const zone = zoneProblem(timezone);
  const pause = zone === undefined ? readPause(values, timezone, now) : {};
  const reminder = readReminder(values, known);
  const keeps = readHolidays(values, lists);
  if (
    'errors' in reminder ||
    'errors' in keeps ||
    zone !== undefined ||
    pause.errors ||
    timing.cron === undefined
  )
    return {
      errors: {
        ...timing.errors,
        ...(zone !== undefined && { [SCHEDULE_FORM.zone]: zone }),
        ...('errors' in reminder && reminder.errors),
        ...('errors' in keeps && keeps.errors),
        ...pause.errors,
      },
    };
  return {
    form: {
      cron: timing.cron,
      timezone,
      paused: way === 'off',
      ...reminder.value,
      keeps: keeps.value,
      skipNext: choices[SCHEDULE_FORM.skip]?.includes('skip') === true,
      pausedUntil: pause.until,
    },
  };
}

interface Timing {
  readonly cron?: string;
  readonly errors?: FieldErrors;
}

function readCron(values: Filled['values']): Timing {
  const cron = (values[SCHEDULE_FORM.cron] ?? '').trim().replace(/\s+/g, ' ');
  if (cron === '') return { errors: { [SCHEDULE_FORM.cron]: 'Write five fields, for example 0 9 1 * *' } };
  const problem = cronProblem(cron);
  return problem === undefined ? { cron } : { errors: { [SCHEDULE_FORM.cron]: problem } };
}

/** One that is off keeps its time for later, also when that is an expression. */
function readDays({ values, choices }: Filled, off: boolean): Timing {
  const days = WEEKDAYS.filter((day) => choices[SCHEDULE_FORM.days]?.includes(day));
  const time = values[SCHEDULE_FORM.time] ?? '';
  if (off && days.length === 0 && values[SCHEDULE_FORM.cron] !== undefined) return readCron(values);
  const isTime = /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
  const cron = isTime ? fromWeeklyTime({ days, time }) : undefined;
  if (cron !== undefined) return { cron };
  return {
    errors: {
      ...(days.length === 0 && { [SCHEDULE_FORM.days]: 'Tick at least one day.' }),
      ...(!isTime && { [SCHEDULE_FORM.time]: 'Choose a time.' }),
    },
  };
}

function zoneProblem(timezone: string): string | undefined {
  if (isZone(timezone)) return undefined;
  const known = Intl.supportedValuesOf('timeZone');
  const city = timezone.toLowerCase().replace(/\s+/g, '_');
  const meant =
    known.find((zone) => city !== '' && zone.toLowerCase().endsWith(`/${city}`)) ?? nearestWord(city, known);
  const hint =
    meant === undefined ? 'Write an IANA name, for example Europe/Berlin.' : `Did you mean ${meant}?`;
  return `There is no time zone “${timezone}”. ${hint}`;
}

function readPause(
  values: Filled['values'],
  timezone: string,
  now: number,
): { readonly until?: number; readonly errors?: FieldErrors } {
  const day = values[SCHEDULE_FORM.pause];
  if (day === undefined) return {};
  if (day <= dayOf(now, timezone))
    return { errors: { [SCHEDULE_FORM.pause]: 'This day has come; choose a later one, or none.' } };
  const until = startOfDay(day, timezone);
  return until === undefined ? {} : { until };
}
