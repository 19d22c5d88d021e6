import type { Schedule } from '../../core/checklist/schedule.ts';
import type { ScheduleState } from '../ports/checklists.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

export type ScheduleChange = 'pause' | 'resume' | 'skip';

/** Pauses schedules, takes a pause or a skip back, or leaves out the next round of each. */
export function setSchedules(options: {
  readonly database: Database;
  readonly now: Clock;
}): (change: {
  readonly schedules: readonly Schedule[];
  readonly change: ScheduleChange;
  readonly userId: string;
}) => Promise<void> {
  const { database, now } = options;
  return ({ schedules, change, userId }) =>
    database.transaction(async ({ checklists }) => {
      // In the order of their ids, as everybody who takes several: two people never wait for each other.
      for (const id of schedules.map((schedule) => schedule.id).sort()) {
        const state = await checklists.lockSchedule(id, now());
        await checklists.saveSchedule(changed(state, { change, userId, at: now() }));
      }
    });
}

/** What was missed during a pause is not made up for. */
function changed(
  state: ScheduleState,
  { change, userId, at }: { readonly change: ScheduleChange; readonly userId: string; readonly at: number },
): ScheduleState {
  switch (change) {
    case 'pause':
      return { ...state, pausedBy: userId, pausedUntil: undefined };
    case 'skip':
      return { ...state, skipNextBy: userId };
    case 'resume':
      return {
        ...state,
        settledUntil: state.pausedBy === undefined ? state.settledUntil : Math.max(state.settledUntil, at),
        pausedBy: undefined,
        pausedUntil: undefined,
        skipNextBy: undefined,
      };
  }
}
