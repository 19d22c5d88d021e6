import { LIMITS } from './limits.ts';
import { byType, characters, flag, oneOf, type Rule, shape } from './rule.ts';

/** `{ type: 'plain_text', text, emoji? }` with at most `max` characters. */
export const plainText = (max: number): Rule =>
  byType({ plain_text: shape({ text: characters(max) }, { emoji: flag }) });

/** `{ type: 'mrkdwn', text, verbatim? }` with at most `max` characters. */
export const mrkdwn = (max: number): Rule =>
  byType({ mrkdwn: shape({ text: characters(max) }, { verbatim: flag }) });

/** A text object of either kind. */
export const anyText = (max: number): Rule =>
  byType({
    plain_text: shape({ text: characters(max) }, { emoji: flag }),
    mrkdwn: shape({ text: characters(max) }, { verbatim: flag }),
  });

/** The dialog that asks before an action. */
export const confirmDialog: Rule = shape(
  { text: anyText(LIMITS.confirm.text) },
  {
    title: plainText(LIMITS.confirm.title),
    confirm: plainText(LIMITS.confirm.button),
    deny: plainText(LIMITS.confirm.button),
    style: oneOf('primary', 'danger'),
  },
);

export const blockId = { block_id: characters(LIMITS.blockId) };
export const actionId = { action_id: characters(LIMITS.actionId) };
