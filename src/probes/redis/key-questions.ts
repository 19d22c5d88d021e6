import type { Gap, Table } from '../../core/evidence.ts';
import type { RedisAccess, RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { type BigKey, bigKeyTable, hotKeyTable, type KeyFamily } from './key-tables.ts';
import { askInSteps } from './key-walk.ts';
import { optionalPart } from './optional-part.ts';
import type { RedisReader } from './reader.ts';

/** More keys are not asked how much they are used: each question counts as a look-up. */
const MOST_FREQUENCIES = 10_000;
const MOST_HOT_KEYS = 10;

interface Answer {
  readonly table?: Table;
  readonly gap?: Gap;
}

/** Share of keys that never expire, by family, from some keys of each: SCAN shows them in no order, so these are a sample. */
export async function shareWithoutExpiry(
  reader: RedisReader,
  families: readonly KeyFamily[],
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, number>> {
  const each = Math.ceil(most / Math.max(1, families.length));
  const sample = families.flatMap(({ family, keys }) =>
    spread(keys, each).map(({ key }) => ({ family, key })),
  );
  const answers = await askInSteps(
    sample.slice(0, most).map(({ key }) => key),
    (keys) => reader.timesToLive(keys),
    signal,
  );
  const counts = new Map<string, { asked: number; never: number }>();
  answers.forEach((ttl, index) => {
    // -2: the key is gone.
    if (ttl === null || ttl === -2) return;
    const family = sample[index]?.family ?? '';
    const count = counts.get(family) ?? { asked: 0, never: 0 };
    counts.set(family, { asked: count.asked + 1, never: count.never + (ttl === -1 ? 1 : 0) });
  });
  return new Map([...counts].map(([family, { asked, never }]) => [family, never / asked]));
}

/** Every n-th, so that large and small ones are asked alike. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, items.length / Math.max(1, most));
  return Array.from(
    { length: Math.min(most, items.length) },
    (_, index) => items[Math.floor(index * step)],
  ).flatMap((item) => (item === undefined ? [] : [item]));
}

/** The largest keys with type, elements and time to live. */
export async function bigKeys(
  clients: RedisClients,
  access: RedisAccess,
  families: readonly KeyFamily[],
  most: number,
): Promise<Answer> {
  const largest = families
    .flatMap(({ family, keys }) => keys.slice(0, most).map((key) => ({ ...key, family })))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most);
  if (largest.length === 0) return {};
  const names = largest.map(({ key }) => key);
  const [types, ttls] = await clients.read(access, (reader) =>
    Promise.all([reader.types(names), reader.timesToLive(names)]),
  );
  const typed = names.map((key, index) => ({ key, type: String(types[index] ?? '') }));
  const lengths = await optionalPart(
    'Elements of the largest keys',
    clients.read({ ...access, grant: GRANTS.lengths }, (reader) => reader.lengths(typed)),
  );
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const keys = largest.map((key, index): BigKey => {
    const ttl = number(ttls[index]);
    return {
      ...key,
      type: /^[a-z-]{2,20}$/i.test(typed[index]?.type ?? '') ? (typed[index]?.type ?? null) : null,
      elements: 'value' in lengths ? number(lengths.value[index]) : null,
      ttlMs: ttl === -2 ? null : ttl,
    };
  });
  return { table: bigKeyTable(keys), ...('gap' in lengths && { gap: lengths.gap }) };
}

/** The most used keys, where the server counts uses: only under an LFU policy. */
export async function hotKeys(
  clients: RedisClients,
  access: RedisAccess,
  { families }: { readonly families: readonly KeyFamily[] },
  policy: string,
): Promise<Answer> {
  const what = 'Hot keys';
  if (!policy.endsWith('-lfu')) return { gap: policyGap(what, policy) };
  const keys = families
    .flatMap(({ family, keys: seen }) => seen.map(({ key }) => ({ family, key })))
    .slice(0, MOST_FREQUENCIES);
  const part = await optionalPart(
    what,
    clients.read({ ...access, grant: GRANTS.frequency }, (reader) =>
      askInSteps(
        keys.map(({ key }) => key),
        (some) => reader.frequency(some),
        access.signal,
      ),
    ),
  );
  if ('gap' in part) return { gap: part.gap };
  const hottest = keys
    .map(({ family }, index) => ({ family, frequency: part.value[index] ?? 0 }))
    .sort((a, b) => b.frequency - a.frequency)
    .slice(0, MOST_HOT_KEYS);
  return { table: hotKeyTable(hottest) };
}

function policyGap(what: string, policy: string): Gap {
  const mend = {
    'allkeys-lru': 'allkeys-lfu',
    'allkeys-random': 'allkeys-lfu',
    'volatile-lru': 'volatile-lfu',
  }[policy];
  return {
    what,
    reason: `Redis counts how often a key is used only under an LFU policy; maxmemory-policy is ${policy || 'unknown'}.`,
    ...(mend !== undefined && { mend: `CONFIG SET maxmemory-policy ${mend}` }),
  };
}
