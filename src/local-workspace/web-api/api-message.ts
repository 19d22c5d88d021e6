import { filePath, isReady, repliesOf } from '../state/page-messages.ts';
import type { StoredFile, StoredMessage } from '../state/records.ts';
import { APP_ID, BOT, TEAM } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';

export interface ApiMessageOptions {
  readonly origin: string;
  /** Slack leaves metadata out unless it is asked for. */
  readonly withMetadata: boolean;
}

/** A message in the form of the Web API and of payloads. */
export function toApiMessage(
  workspace: Workspace,
  message: StoredMessage,
  { origin, withMetadata }: ApiMessageOptions,
): Record<string, unknown> {
  const { channel, files, metadata, reactions, client_msg_id, ...rest } = message;
  const replies = repliesOf(workspace, message);
  const repliers = [...new Set(replies.map(({ user }) => user))];
  const shown = files?.flatMap((id) => workspace.store.files.get(id) ?? []);
  return {
    type: 'message',
    team: TEAM.id,
    ...rest,
    ...(message.user === BOT.id && { app_id: APP_ID }),
    ...(message.user !== BOT.id && client_msg_id !== undefined && { client_msg_id }),
    ...(shown?.length && { files: shown.map((file) => toApiFile(workspace, file, origin)) }),
    ...(withMetadata && metadata && { metadata }),
    ...(reactions?.length && {
      reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })),
    }),
    ...(replies.length > 0 && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users_count: repliers.length,
      reply_users: repliers,
      latest_reply: replies.at(-1)?.ts,
      is_locked: false,
      subscribed: false,
    }),
  };
}

/** A file object. While it is being processed it has neither a type nor shares. */
export function toApiFile(workspace: Workspace, file: StoredFile, origin: string): Record<string, unknown> {
  const { id, name, title, alt, mimetype, size, created, shares } = file;
  const ready = isReady(file, workspace.now());
  const address = `${origin}${filePath(file)}`;
  return {
    id,
    name,
    title,
    created: Math.floor(created / 1000),
    timestamp: Math.floor(created / 1000),
    user: BOT.id,
    mode: 'hosted',
    size,
    is_public: shares.length > 0,
    url_private: address,
    url_private_download: address,
    permalink: address,
    ...(alt !== '' && { alt_txt: alt }),
    ...(ready && {
      mimetype,
      filetype: mimetype.split('/')[1],
      channels: shares.map(({ channel }) => channel),
      shares: sharesOf(workspace, file),
    }),
  };
}

function sharesOf({ store }: Workspace, { shares }: StoredFile): Record<string, unknown> {
  const of = (direct: boolean) =>
    Object.fromEntries(
      shares
        .filter(({ channel }) => (store.channels.get(channel)?.directWith !== undefined) === direct)
        .map(({ channel, ts, thread_ts }) => [
          channel,
          [{ ts, ...(thread_ts && { thread_ts }), channel_name: store.channels.get(channel)?.name ?? '' }],
        ]),
    );
  const [open, closed] = [of(false), of(true)];
  return {
    ...(Object.keys(open).length > 0 && { public: open }),
    ...(Object.keys(closed).length > 0 && { private: closed }),
  };
}
