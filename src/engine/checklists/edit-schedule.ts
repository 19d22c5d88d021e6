import { stableId } from '../../core/alert/fingerprint.ts';
import { scheduleId } from '../../core/checklist/schedule.ts';
import { isSamePlace, type SchedulePlace } from '../../core/checklist/schedule-edit.ts';
import type { Checklists, ScheduleState } from '../ports/checklists.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { coveredUntil } from './covered-until.ts';
import { currentSchedules } from './current-schedules.ts';
import { decided, fresh, isWhatStands, isWhatTheFileSays, toEdit } from './decide-edit.ts';
import type { PlaceView, WantedSchedule } from './wanted-schedule.ts';

export interface EditOptions {
  readonly database: Database;
  readonly checklists: Checklists;
  readonly now: Clock;
}

/** What the last writer wrote over; undefined when nobody else had changed it. */
export interface EditResult {
  readonly replaced: PlaceView | undefined;
}

/** What is in force for a checklist in a channel. */
export async function viewPlace(
  { checklists }: Pick<EditOptions, 'checklists'>,
  store: Pick<Stores['checklists'], 'edits' | 'scheduleStates'>,
  place: SchedulePlace,
): Promise<PlaceView> {
  const current = await currentSchedules(checklists, store);
  const schedules = current.filter((schedule) => isSamePlace(schedule, place));
  const states = await store.scheduleStates(schedules.map(({ id }) => id));
  const parts = schedules.map(({ id, paused, remindAfterMs, remindIn, keeps, edit }) => {
    const { pausedBy, pausedUntil, skipNextBy } = states.find((state) => state.id === id) ?? {};
    return [id, paused, remindAfterMs, remindIn, keeps, edit?.editedAt, pausedBy, pausedUntil, skipNextBy];
  });
  return { schedules, states, version: stableId('schedule', JSON.stringify(parts)) };
}

/** Sets when a checklist comes in a channel. The last writer wins, and hears what stood there when it had changed. */
export function editSchedule(options: EditOptions): (wanted: WantedSchedule) => Promise<EditResult> {
  const { database, now } = options;
  return (wanted) =>
    database.transaction(async (stores) => {
      await stores.checklists.lockEdit(wanted);
      const before = await viewPlace(options, stores.checklists, wanted);
      const at = now();
      const id = scheduleId(wanted);
      const states = await lockAll(stores, [id, ...before.schedules.map((schedule) => schedule.id)], at);
      const edit = toEdit(options.checklists, wanted, at);
      if (isWhatTheFileSays(options.checklists.schedules(), edit)) await stores.checklists.deleteEdit(edit);
      else if (!isWhatStands(before, edit)) await stores.checklists.saveEdit(edit);
      const state = states.find((known) => known.id === id);
      const stood = before.schedules.find((schedule) => schedule.id === id && !schedule.paused);
      if (state) await stores.checklists.saveSchedule(decided(state, wanted, { stood, at }));
      await settleCovered(options, stores, wanted);
      return { replaced: before.version === wanted.seen ? undefined : before };
    });
}

/** Takes back what people set in Slack: the file counts again, from now. */
export function resetSchedule(options: EditOptions): (place: SchedulePlace) => Promise<void> {
  const { database, checklists, now } = options;
  return (place) =>
    database.transaction(async (stores) => {
      await stores.checklists.lockEdit(place);
      const before = await viewPlace(options, stores.checklists, place);
      const inFile = checklists.schedules().filter((schedule) => isSamePlace(schedule, place));
      const ids = [...before.schedules, ...inFile].map(({ id }) => id);
      const states = await lockAll(stores, ids, now());
      await stores.checklists.deleteEdit(place);
      for (const state of states) await stores.checklists.saveSchedule(fresh(state, now()));
      await settleCovered(options, stores, place);
    });
}

/** What was posted before the change counts for what is in force now. */
async function settleCovered(
  { checklists, now }: EditOptions,
  stores: Stores,
  place: SchedulePlace,
): Promise<void> {
  const current = await currentSchedules(checklists, stores.checklists);
  for (const schedule of current.filter((known) => isSamePlace(known, place))) {
    const covered = await coveredUntil(stores.checklists, schedule, current);
    const state = await stores.checklists.lockSchedule(schedule.id, now());
    if (covered > state.settledUntil)
      await stores.checklists.saveSchedule({ ...state, settledUntil: covered });
  }
}

/** In the order of their ids, so that two people never wait for each other. */
async function lockAll(
  { checklists }: Stores,
  ids: readonly string[],
  at: number,
): Promise<readonly ScheduleState[]> {
  const states: ScheduleState[] = [];
  for (const id of [...new Set(ids)].sort()) states.push(await checklists.lockSchedule(id, at));
  return states;
}
