import { newSlackId } from '../state/ids.ts';
import type { StoredChannel } from '../state/records.ts';
import { BOT, USERS } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { SlackRefusal } from './refusal.ts';

/** The channel with this id. @throws SlackRefusal `channel_not_found` */
export function channelById({ store }: Workspace, id: string): StoredChannel {
  const channel = store.channels.get(id);
  if (channel === undefined) throw new SlackRefusal('channel_not_found');
  return channel;
}

/** Like `channelById` for a channel that the bot must be in. @throws SlackRefusal `not_in_channel` too */
export function joinedChannel(workspace: Workspace, id: string): StoredChannel {
  const channel = channelById(workspace, id);
  if (!channel.members.includes(BOT.id)) throw new SlackRefusal('not_in_channel');
  return channel;
}

/** Where chat.postMessage posts: an id, `#name`, `name`, or a person's id. @throws SlackRefusal */
export function postingChannel(workspace: Workspace, channel: string): StoredChannel {
  const name = channel.replace(/^#/, '');
  const named = workspace.store.channels
    .all()
    .find((entry) => entry.name === name && entry.directWith === undefined);
  if (named) return joinedChannel(workspace, named.id);
  if (USERS.some(({ id }) => id === channel)) return directChannel(workspace, channel);
  return joinedChannel(workspace, channel);
}

/** The direct conversation of the bot with a person, made when there is none. @throws SlackRefusal */
export function directChannel({ store, now }: Workspace, user: string): StoredChannel {
  if (user === BOT.id || !USERS.some(({ id }) => id === user)) throw new SlackRefusal('user_not_found');
  const existing = store.channels.all().find(({ directWith }) => directWith === user);
  if (existing) return existing;
  const id = newSlackId('D');
  const created = Math.floor(now() / 1000);
  return store.channels.put(id, { id, name: 'perfbot', members: [BOT.id, user], created, directWith: user });
}
