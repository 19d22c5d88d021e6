import { z } from 'zod';
import type { Clock } from '../../engine/ports/runtime.ts';
import type { Journal } from './journal.ts';
import { RECORDS, type RecordKind, type RecordOf } from './records.ts';
import { keep } from './retention.ts';
import type { Timestamps } from './timestamps.ts';

const Entry = z.union([
  z.object({ last: z.string() }),
  z.object({
    kind: z.enum(Object.keys(RECORDS) as [RecordKind]),
    key: z.string(),
    value: z.unknown().optional(),
  }),
]);

/** All records by kind and key. */
export type Maps = { readonly [K in RecordKind]: Map<string, RecordOf<K>> };

export function emptyMaps(): Maps {
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

/** Does again what a line of the journal says. A line that an older or newer perfbot wrote in another form is passed over. */
export function replay(line: unknown, maps: Maps, timestamps: Timestamps): void {
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

/** Forgets what is too old and writes the journal anew with the rest. */
export function compact(parts: { journal: Journal; maps: Maps; timestamps: Timestamps; now: Clock }): void {
  const { journal, maps, timestamps, now } = parts;
  keep(maps, now());
  const lines = (Object.keys(maps) as RecordKind[]).flatMap((kind) =>
    [...maps[kind]].map(([key, value]) => ({ kind, key, value })),
  );
  journal.rewrite([{ last: timestamps.last() }, ...lines]);
}
