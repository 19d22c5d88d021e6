import type { MessageContent } from '../../engine/ports/message.ts';
import type { Block } from '../blocks/builders.ts';
import { type Mrkdwn, messageText } from '../text/mrkdwn.ts';

/** An answer to one person. `part` says which in its mark. */
export function reply(part: string, text: readonly Mrkdwn[], blocks: readonly Block[]): MessageContent {
  return {
    text: messageText(text),
    blocks,
    metadata: { event_type: 'perfbot_reply', event_payload: { part, key: `reply/${part}` } },
  };
}
