import type { Ephemeral, FileInfo, Message } from '../protocol.ts';
import type { StoredEphemeral, StoredFile, StoredMessage } from './records.ts';
import type { Workspace } from './workspace.ts';

/** A stored message as the page shows it. */
export function toPageMessage(workspace: Workspace, message: StoredMessage): Message {
  const replies = repliesOf(workspace, message);
  const latest = replies.at(-1)?.ts;
  const files = message.files?.flatMap((id) => workspace.store.files.get(id) ?? []);
  return {
    channel: message.channel,
    ts: message.ts,
    user: message.user,
    text: message.text,
    ...(message.thread_ts !== undefined && { threadTs: message.thread_ts }),
    ...(message.blocks && { blocks: message.blocks }),
    ...(message.attachments && { attachments: message.attachments }),
    ...(files?.length && { files: files.map((file) => toFileInfo(file, workspace.now())) }),
    ...(message.edited && { edited: true as const }),
    ...(latest !== undefined && { replyCount: replies.length, latestReply: latest }),
    ...(message.metadata && { metadata: message.metadata }),
    ...(message.reactions?.length && {
      reactions: message.reactions.map(({ name, users }) => ({ name, users, count: users.length })),
    }),
  };
}

export function toPageEphemeral(
  workspace: Workspace,
  { id, forUser, ...message }: StoredEphemeral,
): Ephemeral {
  return { ...toPageMessage(workspace, message), id, forUser };
}

/** Replies in a thread, oldest first. */
export function repliesOf({ store }: Workspace, { channel, ts }: StoredMessage): readonly StoredMessage[] {
  return store.repliesTo(`${channel}/${ts}`);
}

export function isReady(file: StoredFile, now: number): boolean {
  return file.stage === 'complete' && file.readyAt !== undefined && file.readyAt <= now;
}

function toFileInfo(file: StoredFile, now: number): FileInfo {
  const { id, name, title, alt, mimetype } = file;
  return { id, name, title, alt, mimetype, url: filePath(file), ready: isReady(file, now) };
}

/** Where the page finds the bytes. */
export function filePath({ id, name }: Pick<StoredFile, 'id' | 'name'>): string {
  return `/local/files/${id}/${encodeURIComponent(name)}`;
}
