import { LIMITS } from '../../core/block-kit/limits.ts';
import type { Round } from '../../core/checklist/round.ts';
import { type Block, plain } from '../blocks/builders.ts';
import { itemField } from './item-field.ts';

/** Callback of the modal, and the names of its two fields. */
export const NOTE_MODAL = { callbackId: 'perfbot_checklist_note', item: 'item', text: 'text' } as const;

const LONGEST_NOTE = 300;

/** Asks for an item of a round and what to write beside it; an empty note takes the old one away. */
export function noteModal(round: Round): Block {
  return {
    type: 'modal',
    callback_id: NOTE_MODAL.callbackId,
    private_metadata: round.id,
    title: plain('Note on an item', LIMITS.view.title),
    submit: plain('Save', LIMITS.view.title),
    close: plain('Cancel', LIMITS.view.title),
    blocks: [
      itemField(NOTE_MODAL.item, round),
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
