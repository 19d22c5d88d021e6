import { z } from 'zod';
import { addMessage, findMessage } from '../state/messages.ts';
import { repliesOf } from '../state/page-messages.ts';
import type { StoredMessage } from '../state/records.ts';
import { BOT } from '../state/seed.ts';
import { isTs, microseconds } from '../state/timestamps.ts';
import { toApiChannel } from './api-channel.ts';
import { toApiMessage } from './api-message.ts';
import { channelById, directChannel, joinedChannel } from './channels.ts';
import { count, flag, type Method, method, optionalText } from './method.ts';
import { pageOf } from './pages.ts';
import { SlackRefusal } from './refusal.ts';

const TYPES = ['public_channel', 'private_channel', 'mpim', 'im'];
const paging = { limit: count.default(100), cursor: optionalText };
const range = {
  channel: z.string(),
  oldest: optionalText,
  latest: optionalText,
  inclusive: flag,
  include_all_metadata: flag,
  cursor: optionalText,
};

const history = method(z.object({ ...range, limit: count.default(100) }), (args, { workspace, origin }) => {
  const { id } = joinedChannel(workspace, args.channel);
  const shown = workspace.store.messages
    .all()
    .filter(({ channel, thread_ts, reply_broadcast }) => channel === id && (!thread_ts || reply_broadcast))
    .toSorted(byTime)
    .reverse();
  const { page, next } = pageOf(within(shown, args), args, ({ ts }) => ts);
  const options = { origin, withMetadata: args.include_all_metadata };
  return {
    messages: page.map((message) => toApiMessage(workspace, message, options)),
    has_more: next !== '',
    pin_count: 0,
    response_metadata: { next_cursor: next },
  };
});

const replies = method(
  z.object({ ...range, ts: z.string(), limit: count.default(1000) }),
  (args, { workspace, origin }) => {
    const { id } = joinedChannel(workspace, args.channel);
    const parent = findMessage(workspace, id, args.ts);
    if (parent === undefined) throw new SlackRefusal('thread_not_found');
    const { page, next } = pageOf(within(repliesOf(workspace, parent), args), args, ({ ts }) => ts);
    const options = { origin, withMetadata: args.include_all_metadata };
    return {
      // The beginning of the thread comes with every page, whatever times were asked for.
      messages: [parent, ...page].map((message) => toApiMessage(workspace, message, options)),
      has_more: next !== '',
      response_metadata: { next_cursor: next },
    };
  },
);

const list = method(
  z.object({ ...paging, types: optionalText, exclude_archived: flag }),
  (args, { workspace }) => {
    const types = (args.types ?? 'public_channel').split(',').map((type) => type.trim());
    if (types.some((type) => !TYPES.includes(type))) throw new SlackRefusal('invalid_types');
    const channels = workspace.store.channels
      .all()
      .filter(({ directWith }) => types.includes(directWith === undefined ? 'public_channel' : 'im'));
    const { page, next } = pageOf(channels, args, ({ id }) => id);
    return { channels: page.map(toApiChannel), response_metadata: { next_cursor: next } };
  },
);

const information = method(z.object({ channel: z.string() }), ({ channel }, { workspace }) => ({
  channel: toApiChannel(channelById(workspace, channel)),
}));

const join = method(z.object({ channel: z.string() }), ({ channel: wanted }, { workspace }) => {
  const channel = channelById(workspace, wanted);
  if (channel.directWith !== undefined) throw new SlackRefusal('method_not_supported_for_channel_type');
  if (channel.members.includes(BOT.id)) {
    const warning = 'already_in_channel';
    return { channel: toApiChannel(channel), warning, response_metadata: { warnings: [warning] } };
  }
  const joined = { ...channel, members: [...channel.members, BOT.id] };
  workspace.store.channels.put(channel.id, joined);
  const text = `<@${BOT.id}> has joined the channel`;
  addMessage(workspace, { channel: channel.id, user: BOT.id, text, subtype: 'channel_join' });
  return { channel: toApiChannel(joined) };
});

const open = method(
  z.object({ users: optionalText, channel: optionalText, return_im: flag }),
  ({ users, channel, return_im: full }, { workspace }) => {
    if (users === undefined && channel === undefined) throw new SlackRefusal('users_list_not_supplied');
    if (users?.includes(',')) throw new SlackRefusal('not_enough_users');
    const direct =
      users === undefined ? channelById(workspace, channel ?? '') : directChannel(workspace, users);
    return { channel: full ? toApiChannel(direct) : { id: direct.id } };
  },
);

const members = method(z.object({ ...paging, channel: z.string() }), (args, { workspace }) => {
  const { page, next } = pageOf(channelById(workspace, args.channel).members, args, (id) => id);
  return { members: page, response_metadata: { next_cursor: next } };
});

export const CONVERSATION_METHODS: Readonly<Record<string, Method>> = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.list': list,
  'conversations.info': information,
  'conversations.join': join,
  'conversations.open': open,
  'conversations.members': members,
};

const byTime = (a: StoredMessage, b: StoredMessage) => microseconds(a.ts) - microseconds(b.ts);

/** Messages of the asked time. The borders belong to it only with `inclusive`. */
function within(
  messages: readonly StoredMessage[],
  {
    oldest,
    latest,
    inclusive,
  }: { oldest?: string | undefined; latest?: string | undefined; inclusive: boolean },
): readonly StoredMessage[] {
  const from = border(oldest, 'invalid_ts_oldest') ?? Number.NEGATIVE_INFINITY;
  const to = border(latest, 'invalid_ts_latest') ?? Number.POSITIVE_INFINITY;
  return messages.filter(({ ts }) => {
    const at = microseconds(ts);
    return inclusive ? at >= from && at <= to : at > from && at < to;
  });
}

function border(ts: string | undefined, refusal: string): number | undefined {
  if (ts === undefined) return undefined;
  if (!isTs(ts) && !/^\d{1,12}(\.\d{1,6})?$/.test(ts)) throw new SlackRefusal(refusal);
  return microseconds(ts);
}
