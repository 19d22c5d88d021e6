import type { HolidayChoice } from '../../core/checklist/holidays.ts';
import { isSameReminder, type Reminder } from '../../core/checklist/reminder.ts';
import { type Schedule, scheduleId } from '../../core/checklist/schedule.ts';
import { isSamePlace, type ScheduleEdit, whatFileSays } from '../../core/checklist/schedule-edit.ts';
import type { Checklists, ScheduleState } from '../ports/checklists.ts';
import { dueSlots } from './due-slots.ts';
import type { PlaceView, WantedSchedule } from './wanted-schedule.ts';

/** What is left as the file says follows the file. */
export function toEdit(checklists: Checklists, wanted: WantedSchedule, editedAt: number): ScheduleEdit {
  const { checklist, channel, cron, timezone, paused, remindAfterMs, remindIn, keeps, userId } = wanted;
  const inFile = checklists.schedules().filter((schedule) => isSamePlace(schedule, wanted));
  const said = whatFileSays(inFile, checklists.scheduleDefaults());
  return {
    checklist,
    channel,
    cron,
    timezone,
    paused,
    reminder: isSameReminder(wanted, said) ? undefined : { remindAfterMs, remindIn },
    keeps: keeps === said.keeps ? undefined : keeps,
    editedBy: userId,
    editedAt,
  };
}

/** True when the file alone comes to the same: then nothing is kept. */
export function isWhatTheFileSays(file: readonly Schedule[], edit: ScheduleEdit): boolean {
  const [only, ...more] = file.filter((schedule) => isSamePlace(schedule, edit));
  if (only === undefined || more.length > 0) return false;
  const isTime = only.id === scheduleId(edit) && only.paused === edit.paused;
  return isTime && edit.reminder === undefined && edit.keeps === undefined;
}

/** True when nothing is to be changed, so that who set it stays. */
export function isWhatStands({ schedules }: Pick<PlaceView, 'schedules'>, edit: ScheduleEdit): boolean {
  const [only, ...more] = schedules;
  if (only === undefined || more.length > 0) return false;
  const { reminder, keeps } = only.edit ?? {};
  const isTime = only.id === scheduleId(edit) && only.paused === edit.paused;
  return isTime && keeps === edit.keeps && isSameReminderSet(reminder, edit.reminder);
}

function isSameReminderSet(a: Reminder | undefined, b: Reminder | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameReminder(a, b);
}

/** One that did not count before starts now; one that did keeps how far it has come. */
export function decided(
  state: ScheduleState,
  { keeps, skipNext, pausedUntil, userId }: WantedSchedule,
  { stood, at }: { readonly stood: Schedule | undefined; readonly at: number },
): ScheduleState {
  const goesOn = stood !== undefined && state.pausedBy === undefined;
  const kept = goesOn ? { ...state, settledUntil: settledOf(state, stood, { keeps, at }) } : fresh(state, at);
  const until = pausedUntil !== undefined && pausedUntil > at ? pausedUntil : undefined;
  return {
    ...kept,
    pausedBy: until === undefined ? undefined : userId,
    pausedUntil: until,
    skipNextBy: skipNext ? (state.skipNextBy ?? userId) : undefined,
  };
}

/** A holiday that has passed is not made up for when its list does not count any more; what was due still comes. */
function settledOf(
  { settledUntil }: ScheduleState,
  stood: Schedule,
  { keeps, at }: { readonly keeps: HolidayChoice; readonly at: number },
): number {
  if (stood.keeps === keeps) return settledUntil;
  const [due] = dueSlots(stood, { after: settledUntil, until: at });
  return Math.max(settledUntil, due === undefined ? at : due - 1);
}

/** One that starts now, with nothing decided about it. */
export function fresh(state: ScheduleState, at: number): ScheduleState {
  return {
    ...state,
    settledUntil: Math.max(state.settledUntil, at),
    pausedBy: undefined,
    pausedUntil: undefined,
    skipNextBy: undefined,
  };
}
