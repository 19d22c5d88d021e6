import { LIMITS } from '../../core/block-kit/limits.ts';
import type { Round } from '../../core/checklist/round.ts';
import { type Block, plain } from '../blocks/builders.ts';
import { itemField } from './item-field.ts';

/** Callback of the modal, and the names of its two fields. */
export const ASSIGN_MODAL = {
  callbackId: 'perfbot_checklist_assign',
  item: 'item',
  owner: 'owner',
} as const;

/** Asks for an item of a round and who takes care of it; nobody chosen takes the owner away. */
export function assignModal(round: Round): Block {
  return {
    type: 'modal',
    callback_id: ASSIGN_MODAL.callbackId,
    private_metadata: round.id,
    title: plain('Who takes care of it?', LIMITS.view.title),
    submit: plain('Save', LIMITS.view.title),
    close: plain('Cancel', LIMITS.view.title),
    blocks: [
      itemField(ASSIGN_MODAL.item, round),
      {
        type: 'input',
        block_id: ASSIGN_MODAL.owner,
        optional: true,
        label: plain('Owner', LIMITS.input.label),
        hint: plain(
          'Is told in the thread, and reminded while the item is open. Nobody chosen takes the owner away.',
          LIMITS.input.hint,
        ),
        element: {
          type: 'users_select',
          action_id: ASSIGN_MODAL.owner,
          placeholder: plain('Nobody', LIMITS.select.placeholder),
        },
      },
    ],
  };
}
