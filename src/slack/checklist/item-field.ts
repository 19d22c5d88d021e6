import { LIMITS } from '../../core/block-kit/limits.ts';
import type { Round } from '../../core/checklist/round.ts';
import { type Block, plain } from '../blocks/builders.ts';

/** Asks for an item of a round; the first open one is chosen. */
export function itemField(name: string, { items }: Pick<Round, 'items'>): Block {
  const options = items.map(({ position, title }) => ({
    text: plain(title, LIMITS.option.text),
    value: String(position),
  }));
  const firstOpen = options[items.findIndex(({ checked }) => !checked)] ?? options[0];
  return {
    type: 'input',
    block_id: name,
    label: plain('Item', LIMITS.input.label),
    element: {
      type: 'static_select',
      action_id: name,
      options,
      ...(firstOpen && { initial_option: firstOpen }),
    },
  };
}
