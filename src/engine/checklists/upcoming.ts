import type { Schedule } from '../../core/checklist/schedule.ts';
import type { ScheduleState } from '../ports/checklists.ts';
import { nextDues } from './due-slots.ts';

/** A time at which a schedule is due. */
export interface UpcomingRound {
  readonly at: number;
  /** Somebody wants this one to be left out. */
  readonly skipped: boolean;
}

/** True when what is due at this moment is left out because of a pause. */
export function isPaused(
  { pausedBy, pausedUntil }: Pick<ScheduleState, 'pausedBy' | 'pausedUntil'>,
  at: number,
): boolean {
  return pausedBy !== undefined && (pausedUntil === undefined || at < pausedUntil);
}

/** The next rounds of a schedule, with what people decided about them; none while it is paused without an end. */
export function upcoming(
  schedule: Schedule,
  state: ScheduleState | undefined,
  { now, count }: { readonly now: number; readonly count: number },
): readonly UpcomingRound[] {
  const { pausedBy, pausedUntil } = state ?? {};
  if (schedule.paused || (pausedBy !== undefined && pausedUntil === undefined)) return [];
  // What is due at the very end of the pause comes; what another schedule has posted does not.
  const from = Math.max(now, state?.settledUntil ?? 0);
  const after = pausedBy === undefined ? from : Math.max(from, (pausedUntil ?? 0) - 1);
  return nextDues(schedule, after, count).map((at, index) => ({
    at,
    skipped: index === 0 && state?.skipNextBy !== undefined,
  }));
}
