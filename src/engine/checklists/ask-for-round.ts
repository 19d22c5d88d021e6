import { stableId } from '../../core/alert/fingerprint.ts';
import type { Checklist } from '../../core/checklist/checklist.ts';
import type { Round } from '../../core/checklist/round.ts';
import { dayOf } from './due-slots.ts';
import { type ChecklistOptions, openRound, startRuns } from './open-round.ts';

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
export function askForRound(options: ChecklistOptions): (request: RoundRequest) => Promise<AnsweredRequest> {
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
        remindAt: undefined,
        remindIn: undefined,
      });
      return round && { round, posted: true };
    });
    const known = answered ?? { round: await database.checklists.round(roundId), posted: false };
    if (known.round === undefined) throw new Error('a round vanished while it was opened');
    if (known.posted) await startRuns(queue, known.round);
    return { round: known.round, posted: known.posted };
  };
}
