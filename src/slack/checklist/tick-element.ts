import { LIMITS } from '../../core/block-kit/limits.ts';
import type { Round, RoundItem } from '../../core/checklist/round.ts';
import { tickGroups } from '../../core/checklist/ticks.ts';
import { ACTIONS } from '../blocks/action-value.ts';
import { type Block, plain } from '../blocks/builders.ts';

const PREFIX = 'checklist';

/** What the name of an element says: where it stands, and what it showed. */
export interface TickElement {
  readonly roundId: string;
  readonly positions: readonly number[];
  /** Positions that it showed ticked. */
  readonly shown: readonly number[];
}

/** Checkboxes for the items of a round, ten in one element at most. The name changes with each revision, or Slack keeps old ticks. */
export function tickElements(round: Round): readonly Block[] {
  return tickGroups(round.items.length, LIMITS.choices.options).map((positions) => {
    const items = positions.flatMap((position) => round.items[position] ?? []);
    const options = items.map(toOption);
    const initial = options.filter((_option, index) => items[index]?.checked === true);
    const bits = items.map(({ checked }) => (checked ? '1' : '0')).join('');
    return {
      type: 'actions',
      block_id: [PREFIX, round.id, positions[0] ?? 0, round.revision, bits].join(':'),
      elements: [
        {
          type: 'checkboxes',
          action_id: ACTIONS.tick,
          options,
          ...(initial.length > 0 && { initial_options: initial }),
        },
      ],
    };
  });
}

/** Reads the name of an element; undefined when it is none of ours. */
export function parseTickElement(name: string): TickElement | undefined {
  const [prefix, roundId, first, revision, bits, more] = name.split(':');
  if (prefix !== PREFIX || !roundId || !bits || more !== undefined) return undefined;
  if (!/^\d{1,3}$/.test(first ?? '') || !/^\d+$/.test(revision ?? '') || !/^[01]{1,10}$/.test(bits))
    return undefined;
  const positions = [...bits].map((_bit, index) => Number(first) + index);
  return { roundId, positions, shown: positions.filter((_position, index) => bits[index] === '1') };
}

/** Without who ticked it and when: the line of the item says it, and Slack wants ticked options twice. */
function toOption({ position, title }: RoundItem): Block {
  return { text: plain(title, LIMITS.option.text), value: String(position) };
}
