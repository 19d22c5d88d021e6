import type { Schedule } from '../../core/checklist/schedule.ts';
import { isSamePlace } from '../../core/checklist/schedule-edit.ts';
import type { ChecklistStore } from '../ports/checklists.ts';
import { dayOf, dueSlots, startOfDay } from './due-slots.ts';

/** Rounds of a place that are looked at: more than anybody schedules for one day. */
const LOOK_BACK = 50;
/** The longest day that a change of the clock makes, and a little. */
const LONGEST_DAY_MS = 26 * 60 * 60_000;

/**
 * Up to when a schedule has nothing to post, because another one that it takes the place of has posted it. A day on
 * which that one came n times has had the first n times of this one; so a round whose time is changed while it falls
 * due comes once. 0: there is nothing of the kind.
 */
export async function coveredUntil(
  store: Pick<ChecklistStore, 'recent'>,
  schedule: Schedule,
  inForce: readonly Pick<Schedule, 'id'>[],
): Promise<number> {
  const { checklist, channel, timezone } = schedule;
  const rounds = (await store.recent({ checklist, channel, limit: LOOK_BACK })).filter(
    (round) =>
      isSamePlace(round, schedule) &&
      round.schedule !== undefined &&
      !inForce.some(({ id }) => id === round.schedule),
  );
  const last = Math.max(0, ...rounds.map(({ dueAt }) => dueAt));
  if (last === 0) return 0;
  const day = dayOf(last, timezone);
  const posted = rounds.filter(({ dueAt }) => dayOf(dueAt, timezone) === day).length;
  const begins = startOfDay(day, timezone) ?? last;
  const times = dueSlots(schedule, { after: begins - 1, until: begins + LONGEST_DAY_MS }).filter(
    (slot) => dayOf(slot, timezone) === day,
  );
  return Math.max(last, times[posted - 1] ?? times.at(-1) ?? last);
}
