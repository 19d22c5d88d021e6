import { newSlackId } from './ids.ts';
import { repliesOf, toPageEphemeral, toPageMessage } from './page-messages.ts';
import type { StoredEphemeral, StoredMessage } from './records.ts';
import type { Workspace } from './workspace.ts';

/** Everything of a message but its number. */
export type MessageDraft = Omit<StoredMessage, 'ts'>;

const keyOf = ({ channel, ts }: { channel: string; ts: string }) => `${channel}/${ts}`;

export function findMessage({ store }: Workspace, channel: string, ts: string): StoredMessage | undefined {
  return store.messages.get(keyOf({ channel, ts }));
}

/** Posts. A thread that does not exist (or a reply in its place) makes it a message of the channel, as in Slack. */
export function addMessage(workspace: Workspace, draft: MessageDraft): StoredMessage {
  const { store, feed } = workspace;
  const parent =
    draft.thread_ts === undefined ? undefined : findMessage(workspace, draft.channel, draft.thread_ts);
  const inThread = parent !== undefined && parent.thread_ts === undefined;
  const { thread_ts, ...rest } = draft;
  const message: StoredMessage = {
    ...rest,
    ...(inThread && { thread_ts: parent.ts }),
    ts: store.timestamps.next(),
  };
  store.messages.put(keyOf(message), message);
  feed.publish({ type: 'message', message: toPageMessage(workspace, message) });
  if (inThread) announceChange(workspace, parent);
  return message;
}

export function changeMessage(workspace: Workspace, message: StoredMessage): StoredMessage {
  workspace.store.messages.put(keyOf(message), message);
  announceChange(workspace, message);
  return message;
}

/** Deletes. The beginning of a thread stays as a tombstone while there are replies. */
export function removeMessage(workspace: Workspace, message: StoredMessage): void {
  const { channel, ts, user } = message;
  if (repliesOf(workspace, message).length > 0) {
    changeMessage(workspace, { channel, ts, user, text: 'This message was deleted.', subtype: 'tombstone' });
    return;
  }
  workspace.store.messages.drop(keyOf(message));
  workspace.feed.publish({ type: 'message_deleted', channel, ts });
  const parent =
    message.thread_ts === undefined ? undefined : findMessage(workspace, channel, message.thread_ts);
  if (parent) announceChange(workspace, parent);
}

/** Shows a message to one person only. */
export function addEphemeral(
  workspace: Workspace,
  draft: MessageDraft & { readonly forUser: string },
): StoredEphemeral {
  const { store, feed } = workspace;
  const ephemeral = { ...draft, ts: store.timestamps.next(), id: newSlackId('E') };
  store.ephemerals.put(ephemeral.id, ephemeral);
  feed.publish({ type: 'ephemeral', ephemeral: toPageEphemeral(workspace, ephemeral) });
  return ephemeral;
}

export function changeEphemeral(workspace: Workspace, ephemeral: StoredEphemeral): void {
  workspace.store.ephemerals.put(ephemeral.id, ephemeral);
  workspace.feed.publish({
    type: 'ephemeral_changed',
    ephemeral: toPageEphemeral(workspace, ephemeral),
  });
}

export function removeEphemeral(workspace: Workspace, id: string): void {
  workspace.store.ephemerals.drop(id);
  workspace.feed.publish({ type: 'ephemeral_deleted', id });
}

/** Tells the pages what a message looks like now. */
export function announceChange(workspace: Workspace, message: StoredMessage): void {
  workspace.feed.publish({ type: 'message_changed', message: toPageMessage(workspace, message) });
}
