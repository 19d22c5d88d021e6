import { z } from 'zod';
import { LIMITS } from '../../core/block-kit/limits.ts';
import { isObject } from '../../core/block-kit/rule.ts';
import { addEphemeral, addMessage, changeMessage, findMessage, removeMessage } from '../state/messages.ts';
import type { StoredMessage } from '../state/records.ts';
import { BOT, BOT_ID } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { toApiMessage } from './api-message.ts';
import { refuseContent, toStored } from './blocks.ts';
import { channelById, joinedChannel, postingChannel } from './channels.ts';
import { flag, json, type Method, method, optionalText } from './method.ts';
import { SlackRefusal } from './refusal.ts';

const content = {
  text: z.unknown().optional(),
  blocks: json('invalid_blocks_format'),
  attachments: json('invalid_attachments'),
  metadata: json('invalid_metadata_format'),
};
const channel = z.string().default('');
const ts = z.string().default('');

const postMessage = method(
  z.object({
    ...content,
    channel,
    thread_ts: optionalText,
    reply_broadcast: flag,
    client_msg_id: optionalText,
    markdown_text: optionalText,
  }),
  (args, { workspace, origin }) => {
    const { id } = postingChannel(workspace, args.channel);
    const written = withMarkdown(args);
    refuseContent(workspace, written);
    refuseRepeated(workspace, id, args.client_msg_id);
    const metadata = metadataOf(args.metadata);
    const message = addMessage(workspace, {
      channel: id,
      user: BOT.id,
      bot_id: BOT_ID,
      ...toStored(written),
      ...(args.thread_ts !== undefined && { thread_ts: args.thread_ts }),
      ...(args.thread_ts !== undefined && args.reply_broadcast && { reply_broadcast: true as const }),
      ...(metadata && { metadata }),
      ...(args.client_msg_id !== undefined && { client_msg_id: args.client_msg_id }),
    });
    return {
      channel: id,
      ts: message.ts,
      message: toApiMessage(workspace, message, { origin, withMetadata: true }),
    };
  },
);

const update = method(
  z.object({ ...content, channel, ts, markdown_text: optionalText }),
  (args, { workspace, origin }) => {
    const before = ownMessage(workspace, args, 'cant_update_message');
    const written = withMarkdown(args);
    const kept =
      written.text === undefined && written.blocks === undefined && written.attachments === undefined;
    if (kept && args.metadata === undefined) throw new SlackRefusal('no_text');
    refuseContent(workspace, kept ? { text: before.text || 'kept', metadata: args.metadata } : written);
    const { text: most } = { text: LIMITS.message.updateTextBytes };
    if (typeof written.text === 'string' && Buffer.byteLength(written.text) > most) {
      throw new SlackRefusal('msg_too_long');
    }
    const message = changeMessage(workspace, edited(before, { ...args, ...written }, kept, workspace));
    return {
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: toApiMessage(workspace, message, { origin, withMetadata: true }),
    };
  },
);

/** Text without blocks takes the blocks away; metadata stays unless it is given; `{}` clears it. */
function edited(
  before: StoredMessage,
  args: { text?: unknown; blocks?: unknown; attachments?: unknown; metadata?: unknown },
  kept: boolean,
  { now }: Workspace,
): StoredMessage {
  const { text, blocks, attachments, metadata: oldMetadata, ...rest } = before;
  const metadata = args.metadata === undefined ? oldMetadata : metadataOf(args.metadata);
  const written = kept
    ? { text, ...(blocks && { blocks }), ...(attachments && { attachments }) }
    : toStored({ ...args, text: args.text ?? text });
  // An edit of blocks shows no "(edited)" in Slack.
  const marked = !kept && written.blocks === undefined && written.text !== text;
  return {
    ...rest,
    ...written,
    ...(metadata && { metadata }),
    ...(marked && { edited: { user: BOT.id, ts: (now() / 1000).toFixed(6) } }),
  };
}

const remove = method(z.object({ channel, ts }), (args, { workspace }) => {
  const message = ownMessage(workspace, args, 'cant_delete_message');
  removeMessage(workspace, message);
  return { channel: message.channel, ts: message.ts };
});

const postEphemeral = method(
  z.object({ ...content, channel, user: z.string(), thread_ts: optionalText, markdown_text: optionalText }),
  (args, { workspace }) => {
    const { id, members } = joinedChannel(workspace, args.channel);
    if (!members.includes(args.user)) throw new SlackRefusal('user_not_in_channel');
    const written = withMarkdown(args);
    refuseContent(workspace, written);
    const { ts: at } = addEphemeral(workspace, {
      channel: id,
      user: BOT.id,
      bot_id: BOT_ID,
      forUser: args.user,
      ...toStored(written),
      ...(args.thread_ts !== undefined && { thread_ts: args.thread_ts }),
    });
    return { message_ts: at };
  },
);

const getPermalink = method(
  z.object({ channel, message_ts: z.string() }),
  ({ channel: id, message_ts }, { workspace, origin }) => {
    channelById(workspace, id);
    if (!findMessage(workspace, id, message_ts)) throw new SlackRefusal('message_not_found');
    return { channel: id, permalink: `${origin}/?channel=${id}&ts=${message_ts}` };
  },
);

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};

function ownMessage(
  workspace: Workspace,
  { channel: id, ts: at }: { channel: string; ts: string },
  refusal: string,
): StoredMessage {
  const message = findMessage(workspace, joinedChannel(workspace, id).id, at);
  if (message === undefined || message.subtype === 'tombstone') throw new SlackRefusal('message_not_found');
  if (message.user !== BOT.id) throw new SlackRefusal(refusal);
  return message;
}

/** Best effort of Slack against repeated posts. */
function refuseRepeated({ store }: Workspace, id: string, clientMsgId: string | undefined): void {
  if (clientMsgId === undefined) return;
  const repeated = store.messages
    .all()
    .some((message) => message.channel === id && message.client_msg_id === clientMsgId);
  if (repeated) throw new SlackRefusal('duplicate_message_not_found');
}

function withMarkdown<T extends { text?: unknown; blocks?: unknown; markdown_text?: string | undefined }>(
  args: T,
): T {
  const { markdown_text: markdown } = args;
  if (markdown === undefined) return args;
  if (args.text !== undefined || args.blocks !== undefined) throw new SlackRefusal('markdown_text_conflict');
  return { ...args, text: markdown };
}

function metadataOf(value: unknown): NonNullable<StoredMessage['metadata']> | undefined {
  if (!isObject(value) || typeof value.event_type !== 'string' || !isObject(value.event_payload))
    return undefined;
  return { event_type: value.event_type, event_payload: value.event_payload };
}
