import type { StoredMessage } from './records.ts';

/** Replies by the key of the message that they answer, so that nobody has to look through all messages. */
export interface ThreadIndex {
  /** Keys of the replies, oldest first. */
  repliesTo(key: string): readonly string[];
  add(key: string, message: StoredMessage): void;
  remove(key: string, message: StoredMessage): void;
  /** Begins anew from these messages. */
  rebuild(messages: ReadonlyMap<string, StoredMessage>): void;
}

export function createThreadIndex(): ThreadIndex {
  const replies = new Map<string, Set<string>>();
  const index: ThreadIndex = {
    repliesTo: (key) => [...(replies.get(key) ?? [])],
    add(key, { channel, thread_ts }) {
      if (thread_ts === undefined) return;
      const parent = `${channel}/${thread_ts}`;
      const known = replies.get(parent);
      if (known) known.add(key);
      else replies.set(parent, new Set([key]));
    },
    remove(key, { channel, thread_ts }) {
      const parent = `${channel}/${thread_ts}`;
      const known = replies.get(parent);
      known?.delete(key);
      if (known?.size === 0) replies.delete(parent);
    },
    rebuild(messages) {
      replies.clear();
      for (const [key, message] of messages) index.add(key, message);
    },
  };
  return index;
}
