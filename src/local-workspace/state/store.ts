import { z } from 'zod';
import type { Clock } from '../../engine/ports/runtime.ts';
import { type Journal, memoryJournal, openJournal } from './journal.ts';
import { RECORDS, type RecordKind, type RecordOf } from './records.ts';
import { keep } from './retention.ts';
import { CHANNELS } from './seed.ts';
import { createTimestamps, type Timestamps } from './timestamps.ts';

/** After so many changes the journal is written anew while it runs. */
const COMPACT_AFTER = 20_000;

const Entry = z.union([
  z.object({ last: z.string() }),
  z.object({
    kind: z.enum(Object.keys(RECORDS) as [RecordKind]),
    key: z.string(),
    value: z.unknown().optional(),
  }),
]);

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
  close(): void;
}

type Maps = { readonly [K in RecordKind]: Map<string, RecordOf<K>> };

/** Reads the journal of the directory; without one everything is forgotten at the end. */
export function openStore({ directory, now }: { directory: string | undefined; now: Clock }): Store {
  const journal = directory === undefined ? memoryJournal() : openJournal(directory);
  const timestamps = createTimestamps(now);
  const maps = emptyMaps();
  for (const channel of CHANNELS) maps.channels.set(channel.id, channel);
  for (const entry of journal.entries) replay(entry, maps, timestamps);
  compact({ journal, maps, timestamps, now });

  let changes = 0;
  const changed = (kind: RecordKind, key: string, value?: unknown) => {
    journal.append({ kind, key, value });
    changes += 1;
    if (changes < COMPACT_AFTER) return;
    changes = 0;
    compact({ journal, maps, timestamps, now });
  };
  const collection = <K extends RecordKind>(kind: K): Collection<RecordOf<K>> => {
    const map = maps[kind] as Map<string, RecordOf<K>>;
    return {
      get: (key) => map.get(key),
      all: () => [...map.values()],
      put(key, value) {
        map.set(key, value);
        changed(kind, key, value);
        return value;
      },
      drop: (key) => void (map.delete(key) && changed(kind, key)),
    };
  };
  return {
    messages: collection('messages'),
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

function emptyMaps(): Maps {
  return {
    messages: new Map(),
    ephemerals: new Map(),
    files: new Map(),
    channels: new Map(),
    views: new Map(),
    responseUrls: new Map(),
    firings: new Map(),
  };
}

/** A line that an older or newer perfbot wrote in another form is passed over. */
function replay(line: unknown, maps: Maps, timestamps: Timestamps): void {
  const entry = Entry.safeParse(line).data;
  if (entry === undefined) return;
  if ('last' in entry) {
    timestamps.seen(entry.last);
    return;
  }
  const { kind, key, value } = entry;
  // Also those that are deleted again: their ts must not come a second time.
  if (kind === 'messages') timestamps.seen(key.slice(key.indexOf('/') + 1));
  const record = value === undefined ? undefined : RECORDS[kind].safeParse(value).data;
  if (record === undefined) maps[kind].delete(key);
  else (maps[kind] as Map<string, unknown>).set(key, record);
}

function compact(parts: { journal: Journal; maps: Maps; timestamps: Timestamps; now: Clock }): void {
  const { journal, maps, timestamps, now } = parts;
  keep(maps, now());
  const lines = (Object.keys(maps) as RecordKind[]).flatMap((kind) =>
    [...maps[kind]].map(([key, value]) => ({ kind, key, value })),
  );
  journal.rewrite([{ last: timestamps.last() }, ...lines]);
}
