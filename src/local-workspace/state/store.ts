import type { Clock } from '../../engine/ports/runtime.ts';
import { memoryJournal, openJournal } from './journal.ts';
import { compact, emptyMaps, replay } from './record-maps.ts';
import type { RecordKind, RecordOf, StoredMessage } from './records.ts';
import { CHANNELS } from './seed.ts';
import { createThreadIndex, type ThreadIndex } from './thread-index.ts';
import { createTimestamps, type Timestamps } from './timestamps.ts';

/** After so many changes the journal is written anew while it runs. */
const COMPACT_AFTER = 20_000;
/** After so many more messages, too: memory stays bounded. */
const COMPACT_AFTER_MESSAGES = 1_000;

/** Records of one kind by key, in the order in which their keys came. */
interface Collection<T> {
  get(key: string): T | undefined;
  all(): readonly T[];
  put(key: string, value: T): T;
  drop(key: string): void;
}

type Collections = { readonly [K in RecordKind]: Collection<RecordOf<K>> };

/** Everything that the workspace knows. A change is in the journal when the call returns. */
export interface Store extends Collections {
  readonly timestamps: Timestamps;
  /** Replies to a message, oldest first. */
  repliesTo(key: string): readonly StoredMessage[];
  close(): void;
}

/** Reads the journal of the directory; without one everything is forgotten at the end. */
export function openStore({ directory, now }: { directory: string | undefined; now: Clock }): Store {
  const journal = directory === undefined ? memoryJournal() : openJournal(directory);
  const timestamps = createTimestamps(now);
  const maps = emptyMaps();
  for (const channel of CHANNELS) maps.channels.set(channel.id, channel);
  for (const entry of journal.entries) replay(entry, maps, timestamps);
  const threads = createThreadIndex();
  let changes = 0;
  let kept = 0;
  const tidy = () => {
    changes = 0;
    compact({ journal, maps, timestamps, now });
    threads.rebuild(maps.messages);
    kept = maps.messages.size;
  };
  tidy();

  const changed = (kind: RecordKind, key: string, value?: unknown) => {
    journal.append({ kind, key, value });
    changes += 1;
    if (changes >= COMPACT_AFTER || maps.messages.size > kept + COMPACT_AFTER_MESSAGES) tidy();
  };
  const collection = <K extends RecordKind>(kind: K) =>
    createCollection(maps[kind] as Map<string, RecordOf<K>>, (key, value) => changed(kind, key, value));
  return {
    messages: withThreads(collection('messages'), threads),
    repliesTo: (key) => threads.repliesTo(key).flatMap((reply) => maps.messages.get(reply) ?? []),
    ephemerals: collection('ephemerals'),
    files: collection('files'),
    channels: collection('channels'),
    views: collection('views'),
    responseUrls: collection('responseUrls'),
    firings: collection('firings'),
    timestamps,
    close: () => journal.close(),
  };
}

function createCollection<T>(map: Map<string, T>, changed: (key: string, value?: T) => void): Collection<T> {
  return {
    get: (key) => map.get(key),
    all: () => [...map.values()],
    put(key, value) {
      map.set(key, value);
      changed(key, value);
      return value;
    },
    drop: (key) => void (map.delete(key) && changed(key)),
  };
}

function withThreads(messages: Collection<StoredMessage>, threads: ThreadIndex): Collection<StoredMessage> {
  return {
    ...messages,
    put(key, message) {
      threads.add(key, message);
      return messages.put(key, message);
    },
    drop(key) {
      const message = messages.get(key);
      if (message) threads.remove(key, message);
      messages.drop(key);
    },
  };
}
