import { z } from 'zod';
import { DeliveryError } from '../../engine/delivery-error.ts';
import type { MessageAddress, Messenger } from '../../engine/ports/message.ts';
import type { CallSlack } from './call-slack.ts';
import type { ChannelIds } from './channel-ids.ts';

const MOST_PAGES = 20;
const PAGE = 100;
/** Our clock and Slack's may differ. */
const CLOCK_DIFFERENCE_MS = 5_000;

const Messages = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_payload: z.object({ key: z.unknown().optional() }).nullish() }).nullish(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
});

/** Looks for the message with an outbox key among those posted since then, in the channel or in one thread. */
export async function findMessage(
  call: CallSlack,
  channels: ChannelIds,
  { channel, threadTs, key, sinceMs }: Parameters<Messenger['find']>[0],
): Promise<MessageAddress | undefined> {
  const id = await channels.resolve(channel);
  const method = threadTs === undefined ? 'conversations.history' : 'conversations.replies';
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(
      method,
      {
        channel: id,
        ...(threadTs !== undefined && { ts: threadTs }),
        oldest: (Math.max(0, sinceMs - CLOCK_DIFFERENCE_MS) / 1000).toFixed(6),
        include_all_metadata: true,
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      },
      { answer: Messages, repeatable: 'repeatable' },
    );
    const found = answer.messages.find(({ metadata }) => metadata?.event_payload?.key === key);
    if (found) return { channel: id, ts: found.ts };
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return undefined;
  }
  // Saying "not there" without having seen all would lead to a second message.
  throw new DeliveryError('later', 'too_many_messages', { reason: 'overloaded' });
}
