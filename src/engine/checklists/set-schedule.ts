import type { Schedule } from '../../core/checklist/schedule.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

export const SCHEDULE_CHANGES = ['pause', 'resume', 'skip'] as const;
export type ScheduleChange = (typeof SCHEDULE_CHANGES)[number];

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
      for (const { id } of schedules) {
        const state = await checklists.lockSchedule(id, now());
        await checklists.saveSchedule({
          ...state,
          pausedBy: change === 'pause' ? userId : change === 'resume' ? undefined : state.pausedBy,
          skipNextBy: change === 'skip' ? userId : change === 'resume' ? undefined : state.skipNextBy,
        });
      }
    });
}
