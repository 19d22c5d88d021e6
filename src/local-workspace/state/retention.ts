import type { RecordKind, RecordOf } from './records.ts';

const MOST_MESSAGES = 2_000;
const MOST_EPHEMERALS = 200;
/** An upload that was never completed. */
const ABANDONED_MS = 3_600_000;
const RESPONSE_URL_MS = 1_800_000;

/** Forgets the oldest messages beyond 2000 (not the beginning of a thread that goes on) and what has run out. */
export function keep(maps: { readonly [K in RecordKind]: Map<string, RecordOf<K>> }, now: number): void {
  const newest = [...maps.messages.values()]
    .sort((a, b) => Number(b.ts) - Number(a.ts))
    .slice(0, MOST_MESSAGES);
  const kept = new Set(
    newest.flatMap(({ channel, ts, thread_ts }) => [`${channel}/${ts}`, `${channel}/${thread_ts ?? ts}`]),
  );
  for (const key of maps.messages.keys()) if (!kept.has(key)) maps.messages.delete(key);
  for (const key of [...maps.ephemerals.keys()].slice(0, -MOST_EPHEMERALS)) maps.ephemerals.delete(key);

  const shown = new Set([...maps.messages.values()].flatMap(({ files = [] }) => files));
  for (const [key, file] of maps.files) {
    const abandoned = now - file.created > ABANDONED_MS;
    if (!shown.has(file.id) && abandoned) maps.files.delete(key);
  }
  for (const [key, { createdAt }] of maps.responseUrls) {
    if (now - createdAt > RESPONSE_URL_MS) maps.responseUrls.delete(key);
  }
}
