import { type Round, type RoundItem, roundKey } from '../../core/checklist/round.ts';
import { tickChanges } from '../../core/checklist/ticks.ts';
import type { Stores } from '../ports/stores.ts';
import { type ChecklistOptions, saveRound } from './open-round.ts';

export interface TickPress {
  readonly roundId: string;
  /** Names the element as it was shown: another for each revision of the message. */
  readonly element: string;
  /** Items of the element, those that the message showed ticked, and those that are ticked now. */
  readonly positions: readonly number[];
  readonly shown: readonly number[];
  readonly ticked: readonly number[];
  readonly userId: string;
}

export type ChangeResult = 'changed' | 'same' | 'replaced' | 'unknown';

/** Changes what a press has changed and nothing else: the last writer of each item wins. */
export function pressTicks(options: ChecklistOptions): (press: TickPress) => Promise<ChangeResult> {
  return async (press) => {
    const { roundId, element, positions, shown, ticked, userId } = press;
    return change(options, roundId, async (stores, round) => {
      const before = await stores.checklists.lastPress({ roundId, element, userId });
      await stores.checklists.savePress({ roundId, element, userId, ticked });
      const changes = tickChanges({ positions, before: before ?? shown, after: ticked });
      return round.items.map((item) => {
        const wanted = changes.find(({ position }) => position === item.position)?.checked;
        if (wanted === undefined || wanted === item.checked) return item;
        return { ...item, checked: wanted, checkedBy: userId, checkedAt: options.now() };
      });
    });
  };
}

/** Sets the note of an item; an empty one takes it away. */
export function writeNote(
  options: ChecklistOptions,
): (note: { roundId: string; position: number; text: string; userId: string }) => Promise<ChangeResult> {
  return ({ roundId, position, text, userId }) =>
    change(options, roundId, async (_stores, round) =>
      round.items.map((item) => {
        const note = text.trim() === '' ? undefined : text.trim();
        if (item.position !== position || item.note === note) return item;
        return { ...item, note, notedBy: note === undefined ? undefined : userId };
      }),
    );
}

/** Gives an item to an owner, or to nobody. Whom it concerns beside the person who did it is told in the thread. */
export function assignItem(
  options: ChecklistOptions,
): (assignment: {
  roundId: string;
  position: number;
  owner: string | undefined;
  userId: string;
}) => Promise<ChangeResult> {
  return ({ roundId, position, owner, userId }) =>
    change(options, roundId, async (stores, round) => {
      const item = round.items[position];
      if (item === undefined || item.owner === owner) return round.items;
      const { title, owner: before } = item;
      if ([owner, before].some((concerned) => concerned !== undefined && concerned !== userId)) {
        const key = `checklist/${round.id}/owner/${position}/${round.revision}`;
        const content = options.rounds.ownerChange({ roundId, title, before, owner, by: userId }, key);
        const at = options.now();
        await stores.outbox.put(
          { key, channel: round.channel, threadOf: roundKey(round.id), position: at, content },
          at,
        );
      }
      return round.items.with(position, { ...item, owner, ownerBy: userId });
    });
}

async function change(
  options: ChecklistOptions,
  roundId: string,
  work: (stores: Stores, round: Round) => Promise<readonly RoundItem[]>,
): Promise<ChangeResult> {
  const result = await options.database.transaction(async (stores): Promise<ChangeResult> => {
    const round = await stores.checklists.lockRound(roundId);
    if (round === undefined) return 'unknown';
    if (round.state === 'replaced') return 'replaced';
    const items = await work(stores, round);
    if (items.every((item, index) => item === round.items[index])) return 'same';
    await saveRound(options, stores, { ...round, items });
    return 'changed';
  });
  if (result === 'changed') await options.queue.enqueue('deliver', {});
  return result;
}
