import type { OwnerChange } from '../../engine/ports/checklists.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { section } from '../blocks/builders.ts';
import { mention, mentionOwner } from '../cards/mention.ts';
import { inline, messageText, mrkdwn } from '../text/mrkdwn.ts';

/** The line in the thread of a round that tells who has an item now, and who had it. */
export function renderOwnerChange(
  { roundId, title, before, owner, by }: OwnerChange,
  key: string,
): MessageContent {
  const now = owner === undefined ? mrkdwn`Nobody takes` : mrkdwn`${mentionOwner(owner)} takes`;
  const until = before === undefined ? inline('') : mrkdwn`, before it was ${mentionOwner(before)}`;
  const giver = by === owner ? inline('') : mrkdwn` (changed by ${mention(by)})`;
  const line = mrkdwn`${now} care of “${inline(title, 75)}” now${until}${giver}.`;
  return {
    text: messageText([line]),
    blocks: [section(line)],
    metadata: {
      event_type: 'perfbot_checklist',
      event_payload: { part: 'owner', key, group_id: roundId },
    },
  };
}
