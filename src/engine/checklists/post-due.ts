import { stableId } from '../../core/alert/fingerprint.ts';
import type { Round } from '../../core/checklist/round.ts';
import type { Schedule } from '../../core/checklist/schedule.ts';
import type { Checklists, ScheduleState } from '../ports/checklists.ts';
import type { Stores } from '../ports/stores.ts';
import { coveredUntil } from './covered-until.ts';
import { currentSchedules } from './current-schedules.ts';
import { dueSlots, nextDue } from './due-slots.ts';
import { type ChecklistOptions, openRound, startRuns } from './open-round.ts';
import { isPaused } from './upcoming.ts';

export type PostDueOptions = ChecklistOptions & {
  readonly checklists: Checklists;
  /** What came of a checklist that was due. */
  readonly onDue?: (outcome: 'posted' | 'skipped' | 'failed') => void;
};

/**
 * Posts every checklist that has become due, once, whatever asks how often. Of several due times that were missed
 * only the last is made up for. A schedule that is new starts now.
 */
export function postDue(options: PostDueOptions): () => Promise<void> {
  const { database, checklists, queue, now, log, onDue } = options;
  return async () => {
    const schedules = await currentSchedules(checklists, database.checklists);
    const states = await database.checklists.scheduleStates(schedules.map(({ id }) => id));
    for (const schedule of schedules) {
      const state = states.find(({ id }) => id === schedule.id);
      // Most looks find nothing: only what is new or due is worth a lock.
      if (state !== undefined && (nextDue(schedule, state.settledUntil) ?? Infinity) > now()) continue;
      const round = await database
        .transaction((stores) => settle(options, stores, schedule.id))
        .catch((error: unknown) => {
          log.error({ err: error, schedule: schedule.id }, 'a checklist could not be posted');
          onDue?.('failed');
          return undefined;
        });
      if (round === undefined) continue;
      if (round === 'skipped') {
        log.info({ schedule: schedule.id }, 'checklist left out: paused or skipped');
        onDue?.('skipped');
        continue;
      }
      onDue?.('posted');
      log.info({ roundId: round.id, schedule: schedule.id, dueAt: round.dueAt }, 'checklist posted');
      await startRuns(queue, round);
    }
  };
}

async function settle(
  options: PostDueOptions,
  stores: Stores,
  scheduleId: string,
): Promise<Round | 'skipped' | undefined> {
  const at = options.now();
  const state = await stores.checklists.lockSchedule(scheduleId, at);
  // Somebody may have set another time since the look; they hold the lock while they do.
  const current = await currentSchedules(options.checklists, stores.checklists);
  const schedule = current.find(({ id }) => id === scheduleId);
  if (schedule === undefined) return undefined;
  const covered = await coveredUntil(stores.checklists, schedule, current);
  const slots = dueSlots(schedule, { after: Math.max(state.settledUntil, covered), until: at });
  const dueAt = slots.at(-1);
  if (dueAt === undefined) {
    if (covered > state.settledUntil)
      await stores.checklists.saveSchedule({ ...state, settledUntil: covered });
    return undefined;
  }
  const { wanted, next } = decide(schedule, state, slots);
  await stores.checklists.saveSchedule({ ...next, settledUntil: dueAt });
  const checklist = options.checklists.all().find(({ name }) => name === schedule.checklist);
  if (wanted === 0) return 'skipped';
  if (checklist === undefined) return undefined;
  return openRound(options, stores, {
    id: stableId('round', schedule.id, String(dueAt)),
    checklist,
    channel: schedule.channel,
    schedule: schedule.id,
    dueAt,
    timezone: schedule.timezone,
    missed: wanted - 1,
    requestedBy: undefined,
    remindAt: schedule.remindAfterMs === undefined ? undefined : at + schedule.remindAfterMs,
    remindIn: schedule.remindIn,
  });
}

/** How many of the due times count: none while the schedule is paused, one less when the next was to be left out. */
function decide(
  schedule: Schedule,
  state: ScheduleState,
  slots: readonly number[],
): { readonly wanted: number; readonly next: ScheduleState } {
  const counted = schedule.paused ? [] : slots.filter((slot) => !isPaused(state, slot));
  if (counted.length === 0) return { wanted: 0, next: state };
  const next = { ...state, pausedBy: undefined, pausedUntil: undefined };
  if (state.skipNextBy === undefined) return { wanted: counted.length, next };
  return { wanted: counted.length - 1, next: { ...next, skipNextBy: undefined } };
}
