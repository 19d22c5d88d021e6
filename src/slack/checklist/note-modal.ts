import { LIMITS } from '../../core/block-kit/limits.ts';
import type { Round } from '../../core/checklist/round.ts';
import { type Block, plain } from '../blocks/builders.ts';

/** Callback of the modal, and the names of its two fields. */
export const NOTE_MODAL = { callbackId: 'perfbot_checklist_note', item: 'item', text: 'text' } as const;

const LONGEST_NOTE = 300;

/** Asks for an item of a round and what to write beside it; an empty note takes the old one away. */
export function noteModal({ id, items }: Round): Block {
  const options = items.map(({ position, title }) => ({
    text: plain(title, LIMITS.option.text),
    value: String(position),
  }));
  const firstOpen = options[items.findIndex(({ checked }) => !checked)] ?? options[0];
  return {
    type: 'modal',
    callback_id: NOTE_MODAL.callbackId,
    private_metadata: id,
    title: plain('Note on an item', LIMITS.view.title),
    submit: plain('Save', LIMITS.view.title),
    close: plain('Cancel', LIMITS.view.title),
    blocks: [
      {
        type: 'input',
        block_id: NOTE_MODAL.item,
        label: plain('Item', LIMITS.input.label),
        element: {
          type: 'static_select',
          action_id: NOTE_MODAL.item,
          options,
          ...(firstOpen && { initial_option: firstOpen }),
        },
      },
      {
        type: 'input',
        block_id: NOTE_MODAL.text,
        optional: true,
        label: plain('Note', LIMITS.input.label),
        hint: plain(
          'Everybody in the channel sees it; an empty note takes the old one away.',
          LIMITS.input.hint,
        ),
        element: {
          type: 'plain_text_input',
          action_id: NOTE_MODAL.text,
          multiline: true,
          max_length: LONGEST_NOTE,
        },
      },
    ],
  };
}
