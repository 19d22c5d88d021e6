import { roundKey } from '../../core/checklist/round.ts';
import type { Stores } from '../ports/stores.ts';
import type { ChecklistOptions } from './open-round.ts';

const BATCH = 50;

/** Reminds once of the open items of a round: in its thread, or in the channel that the schedule names. */
export function remind(options: ChecklistOptions): () => Promise<void> {
  const { database, queue, now } = options;
  return async () => {
    const ids = await database.checklists.toRemind(now(), BATCH);
    for (const id of ids) await database.transaction((stores) => remindOf(options, stores, id));
    if (ids.length > 0) await queue.enqueue('deliver', {});
  };
}

async function remindOf({ rounds, now }: ChecklistOptions, stores: Stores, id: string): Promise<void> {
  const round = await stores.checklists.lockRound(id);
  if (round?.state !== 'open' || round.remindAt === undefined || round.remindAt > now()) return;
  await stores.checklists.saveRound({ ...round, remindAt: undefined });
  if (round.items.every(({ checked }) => checked)) return;
  const key = `checklist/${round.id}/reminder`;
  await stores.outbox.put(
    {
      key,
      channel: round.remindIn ?? round.channel,
      ...(round.remindIn === undefined && { threadOf: roundKey(round.id) }),
      position: now(),
      content: rounds.reminder(round, key),
    },
    now(),
  );
}
