import { LIMITS } from '../../core/block-kit/limits.ts';
import { type Block, plain } from '../blocks/builders.ts';

/** Callback of the modal, and the names of its fields. */
export const SCHEDULE_FORM = {
  callbackId: 'perfbot_schedule',
  checklist: 'checklist',
  channel: 'channel',
  when: 'when',
  days: 'days',
  time: 'time',
  cron: 'cron',
  zone: 'zone',
  reminder: 'reminder',
  remindAfter: 'remind_after',
  remindIn: 'remind_in',
  holidays: 'holidays',
  skip: 'skip',
  pause: 'pause',
} as const;

/** An entry of a menu or a row of choices. */
export function option(value: string, label: string) {
  return { text: plain(label, LIMITS.option.text), value };
}

/** A field that has to be filled in; its name is that of its block. */
export function field(name: string, label: string, element: Block, hint?: string): Block {
  return {
    type: 'input',
    block_id: name,
    label: plain(label, LIMITS.input.label),
    ...(hint !== undefined && { hint: plain(hint, LIMITS.input.hint) }),
    element: { action_id: name, ...element },
  };
}

/** A field that may be left empty. */
export function optional(name: string, label: string, element: Block, hint?: string): Block {
  return { ...field(name, label, element, hint), optional: true };
}
