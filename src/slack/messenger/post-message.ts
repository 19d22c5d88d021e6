import { z } from 'zod';
import { DeliveryError } from '../../engine/delivery-error.ts';
import type { MessageAddress, MessageContent } from '../../engine/ports/message.ts';
import type { CallSlack } from './call-slack.ts';
import type { ChannelIds } from './channel-ids.ts';
import { clientMsgId } from './client-msg-id.ts';
import { DELIVERY_CODES } from './delivery-codes.ts';

const Posted = z.object({
  channel: z.string(),
  ts: z.string(),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
});
const Replies = z.object({ messages: z.array(z.object({ ts: z.string() })) });
const Anything = z.unknown();

export interface Post {
  readonly channel: string;
  readonly threadTs?: string;
  readonly content: MessageContent;
}

/** Posts once. Joins a public channel that perfbot is not in yet; makes sure that a reply is in its thread. */
export async function postMessage(
  call: CallSlack,
  channels: ChannelIds,
  post: Post,
): Promise<MessageAddress> {
  const channel = await channels.resolve(post.channel);
  const send = () =>
    call('chat.postMessage', toArguments(post, channel), { answer: Posted, repeatable: 'once' });
  const posted = await send().catch(async (error: unknown) => {
    if (!(error instanceof DeliveryError)) throw error;
    if (error.code === 'channel_not_found') channels.forget(post.channel);
    if (error.code !== 'not_in_channel' || !(await joined(call, channel))) throw error;
    return send();
  });
  const address = { channel: posted.channel, ts: posted.ts };
  if (post.threadTs !== undefined && posted.message?.thread_ts === undefined) {
    await expectInThread(call, address, post.threadTs);
  }
  return address;
}

function toArguments({ threadTs, content }: Post, channel: string): Record<string, unknown> {
  return {
    channel,
    text: content.text,
    blocks: content.blocks,
    metadata: content.metadata,
    unfurl_links: false,
    unfurl_media: false,
    client_msg_id: clientMsgId(channel, content.metadata.event_payload.key),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  };
}

async function joined(call: CallSlack, channel: string): Promise<boolean> {
  return call('conversations.join', { channel }, { answer: Anything, repeatable: 'repeatable' }).then(
    () => true,
    () => false,
  );
}

/** Slack posts into the channel when the thread is gone: that reply is taken back. */
async function expectInThread(
  call: CallSlack,
  { channel, ts }: MessageAddress,
  threadTs: string,
): Promise<void> {
  const replies = await call(
    'conversations.replies',
    { channel, ts: threadTs, oldest: ts, inclusive: true, limit: 20 },
    { answer: Replies, repeatable: 'repeatable' },
  ).catch((error: unknown) => {
    if (error instanceof DeliveryError && error.code === 'thread_not_found') return { messages: [] };
    return undefined;
  });
  if (replies === undefined || replies.messages.some((message) => message.ts === ts)) return;
  await call('chat.delete', { channel, ts }, { answer: Anything, repeatable: 'repeatable' }).catch(() => {});
  throw new DeliveryError('permanent', 'thread_not_found', DELIVERY_CODES.thread_not_found);
}
