import { z } from 'zod';
import { changeMessage, findMessage } from '../state/messages.ts';
import type { StoredMessage } from '../state/records.ts';
import { BOT } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { toApiMessage } from './api-message.ts';
import { joinedChannel } from './channels.ts';
import { type Method, method } from './method.ts';
import { SlackRefusal } from './refusal.ts';

const place = { channel: z.string(), timestamp: z.string() };
const reaction = z.object({ ...place, name: z.string() });

const add = method(reaction, ({ channel, timestamp, name }, { workspace }) => {
  if (!/^[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?$/u.test(name)) throw new SlackRefusal('invalid_name');
  const message = messageAt(workspace, channel, timestamp);
  const { reactions = [] } = message;
  const before = reactions.find((entry) => entry.name === name);
  if (before?.users.includes(BOT.id)) throw new SlackRefusal('already_reacted');
  const after = before
    ? reactions.map((entry) => (entry === before ? { name, users: [...entry.users, BOT.id] } : entry))
    : [...reactions, { name, users: [BOT.id] }];
  changeMessage(workspace, { ...message, reactions: after });
  return {};
});

const remove = method(reaction, ({ channel, timestamp, name }, { workspace }) => {
  const message = messageAt(workspace, channel, timestamp);
  const { reactions = [] } = message;
  if (!reactions.some((entry) => entry.name === name && entry.users.includes(BOT.id))) {
    throw new SlackRefusal('no_reaction');
  }
  const after = reactions
    .map((entry) =>
      entry.name === name ? { name, users: entry.users.filter((id) => id !== BOT.id) } : entry,
    )
    .filter(({ users }) => users.length > 0);
  changeMessage(workspace, { ...message, reactions: after });
  return {};
});

const get = method(z.object(place), ({ channel, timestamp }, { workspace, origin }) => ({
  type: 'message',
  channel,
  message: toApiMessage(workspace, messageAt(workspace, channel, timestamp), {
    origin,
    withMetadata: false,
  }),
}));

export const REACTION_METHODS: Readonly<Record<string, Method>> = {
  'reactions.add': add,
  'reactions.remove': remove,
  'reactions.get': get,
};

function messageAt(workspace: Workspace, channel: string, ts: string): StoredMessage {
  const message = findMessage(workspace, joinedChannel(workspace, channel).id, ts);
  if (message === undefined) throw new SlackRefusal('message_not_found');
  return message;
}
