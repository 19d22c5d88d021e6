import { LIMITS } from '../../core/block-kit/limits.ts';
import { oneLine } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';
import { cutMrkdwn, joinMrkdwn, type Mrkdwn } from '../text/mrkdwn.ts';

export type Block = Readonly<Record<string, unknown>>;

/** What stands where there is nothing to say: Slack refuses empty text. */
export const NOTHING = '–';

/** Plain text on one line within `max` characters; nothing in it is parsed. */
export function plain(text: string, max: number): Block {
  return { type: 'plain_text', text: cutText(oneLine(text), max) || NOTHING, emoji: false };
}

export function header(text: string): Block {
  return { type: 'header', text: plain(text, LIMITS.header.text) };
}

function markup(text: Mrkdwn, max: number): Block {
  return { type: 'mrkdwn', text: cutMrkdwn(text, max).mrkdwn || NOTHING, verbatim: true };
}

export function section(text: Mrkdwn): Block {
  return { type: 'section', text: markup(text, LIMITS.section.text) };
}

/** Quiet text under the rest. */
export function context(...parts: readonly Mrkdwn[]): Block {
  return { type: 'context', elements: [markup(joinMrkdwn(parts, ' · '), LIMITS.context.text)] };
}

/** A row of buttons and menus; undefined when there are none, for Slack refuses an empty row. */
export function actions(elements: readonly Block[], blockId?: string): Block | undefined {
  if (elements.length === 0) return undefined;
  return {
    type: 'actions',
    ...(blockId !== undefined && { block_id: cutText(blockId, LIMITS.blockId) }),
    elements: elements.slice(0, LIMITS.actions.elements),
  };
}

/** Leaves out the blocks that are not there. */
export function blocks(...candidates: readonly (Block | undefined)[]): readonly Block[] {
  return candidates.filter((block) => block !== undefined);
}
