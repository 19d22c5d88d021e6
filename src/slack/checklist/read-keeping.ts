import type { HolidayChoice } from '../../core/checklist/holidays.ts';
import { type Reminder, readRemindAfter } from '../../core/checklist/reminder.ts';
import type { ViewRequest } from '../receiver/handlers.ts';
import { SCHEDULE_FORM } from './form-field.ts';

/** What the form knew of the reminder when it was opened. */
export interface KnownReminder {
  /** The channel as it is written, and its id where that could be looked up. */
  readonly remindIn?: string | undefined;
  readonly remindInId?: string | undefined;
}

type Values = ViewRequest['values'];
type FieldErrors = Readonly<Record<string, string>>;
type Read<T> = { readonly value: T } | { readonly errors: FieldErrors };

/** Reads when and where open items are reminded of; what is wrong is told beside its field, all at once. Pure. */
export function readReminder(values: Values, known: KnownReminder): Read<Reminder> {
  const way = values[SCHEDULE_FORM.reminder];
  if (way === 'off') return { value: { remindAfterMs: undefined, remindIn: undefined } };
  const text = (values[SCHEDULE_FORM.remindAfter] ?? '').trim();
  const after = text === '' ? { problem: 'Write after how long, for example 4h.' } : readRemindAfter(text);
  const remindIn = way === 'channel' ? channelOf(values, known) : undefined;
  const errors = {
    ...('problem' in after && { [SCHEDULE_FORM.remindAfter]: after.problem }),
    ...(way === 'channel' &&
      remindIn === undefined && {
        [SCHEDULE_FORM.remindIn]: 'Choose a channel, or “in the thread of the checklist” above.',
      }),
  };
  return 'ms' in after && Object.keys(errors).length === 0
    ? { value: { remindAfterMs: after.ms, remindIn } }
    : { errors };
}

/** A channel that stayed is written as before; one whose id nobody knew may be left empty. */
function channelOf(values: Values, { remindIn, remindInId }: KnownReminder): string | undefined {
  const chosen = values[SCHEDULE_FORM.remindIn];
  if (chosen === undefined) return remindInId === undefined ? remindIn : undefined;
  return chosen === remindInId ? remindIn : chosen;
}

/** Reads which list of holidays is kept; one that the file has lost meanwhile is told. Pure. */
export function readHolidays(values: Values, lists: readonly HolidayChoice[]): Read<HolidayChoice> {
  const keeps = values[SCHEDULE_FORM.holidays];
  if (keeps !== undefined && lists.includes(keeps)) return { value: keeps };
  const message =
    keeps === undefined
      ? 'Choose which holidays count, or none.'
      : `The list “${keeps}” is not in checklists.yaml any more; choose another one.`;
  return { errors: { [SCHEDULE_FORM.holidays]: message } };
}
