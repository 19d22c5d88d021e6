import { stableId } from '../../core/alert/fingerprint.ts';
import type { Checklist } from '../../core/checklist/checklist.ts';
import type { Round } from '../../core/checklist/round.ts';
import { isSamePlace } from '../../core/checklist/schedule-edit.ts';
import type { Stores } from '../ports/stores.ts';
import { currentSchedules } from './current-schedules.ts';
import { dayOf } from './due-slots.ts';
import { openRound, startRuns } from './open-round.ts';
import type { PostDueOptions } from './post-due.ts';

export interface RoundRequest {
  readonly checklist: Checklist;
  readonly channel: string;
  readonly userId: string;
  /** IANA zone that decides what today is. */
  readonly timezone: string;
  /** True: a new round in any case; false: only when today has none in the channel. */
  readonly fresh: boolean;
  /** The same request twice (a repeated delivery, a double click) is one round. */
  readonly id: string;
}

export interface AnsweredRequest {
  readonly round: Round;
  readonly posted: boolean;
}

/** Posts a round because somebody asks for it, or answers with that of today. */
export function askForRound(options: PostDueOptions): (request: RoundRequest) => Promise<AnsweredRequest> {
  const { database, queue, now } = options;
  return async ({ checklist, channel, userId, timezone, fresh, id }) => {
    const roundId = stableId('round', 'asked', id);
    const answered = await database.transaction(async (stores): Promise<AnsweredRequest | undefined> => {
      await stores.checklists.lockList(checklist.name, channel);
      const [last] = await stores.checklists.recent({ checklist: checklist.name, channel, limit: 1 });
      const today = dayOf(now(), timezone);
      if (!fresh && last?.state !== 'replaced' && last && dayOf(last.createdAt, timezone) === today)
        return { round: last, posted: false };
      const round = await openRound(options, stores, {
        id: roundId,
        checklist,
        channel,
        schedule: undefined,
        dueAt: now(),
        timezone,
        missed: 0,
        requestedBy: userId,
        ...(await reminderOf(options, stores, { checklist: checklist.name, channel, last })),
      });
      return round && { round, posted: true };
    });
    const known = answered ?? { round: await database.checklists.round(roundId), posted: false };
    if (known.round === undefined) throw new Error('a round vanished while it was opened');
    if (known.posted) await startRuns(queue, known.round);
    return { round: known.round, posted: known.posted };
  };
}

/** The reminder that the round before would still have sent; else that of the schedule of this place. */
async function reminderOf(
  { checklists, now }: PostDueOptions,
  stores: Stores,
  { last, ...place }: { checklist: string; channel: string; last: Round | undefined },
): Promise<Pick<Round, 'remindAt' | 'remindIn'>> {
  // Locked: a worker may be reminding right now.
  const before = last && (await stores.checklists.lockRound(last.id));
  if (before?.state !== 'replaced' && before?.remindAt !== undefined && before.remindAt > now())
    return { remindAt: before.remindAt, remindIn: before.remindIn };
  const schedule = (await currentSchedules(checklists, stores.checklists)).find(
    (one) => isSamePlace(one, place) && one.remindAfterMs !== undefined,
  );
  if (schedule?.remindAfterMs === undefined) return { remindAt: undefined, remindIn: undefined };
  return { remindAt: now() + schedule.remindAfterMs, remindIn: schedule.remindIn };
}
