import { keyFamilies } from '../../core/cache/key-families.ts';
import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { formatDuration } from '../../core/unit.ts';
import type { SeenKey } from './key-walk.ts';

/** Keys that belong together by their names. */
export interface KeyFamily {
  readonly family: string;
  /** The largest first. */
  readonly keys: readonly SeenKey[];
  readonly bytes: number;
}

/** One of the largest or most read keys, with its name masked. */
export interface BigKey extends SeenKey {
  readonly family: string;
  readonly type: string | null;
  readonly elements: number | null;
  /** -1: it never expires; null: not known. */
  readonly ttlMs: number | null;
}

/** Puts keys together by their masked names, the family that takes the most memory first. */
export function groupByFamily(keys: readonly SeenKey[]): readonly KeyFamily[] {
  const names = keyFamilies(keys.map(({ key }) => key.toString('utf8')));
  const groups = new Map<string, SeenKey[]>();
  keys.forEach((key, index) => {
    const family = names[index] ?? '*';
    const group = groups.get(family);
    if (group) group.push(key);
    else groups.set(family, [key]);
  });
  return [...groups]
    .map(([family, group]) => ({
      family,
      keys: group.sort((a, b) => b.bytes - a.bytes),
      bytes: sumBytes(group),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** Families with what they take and how many of their keys never expire, where that was asked. */
export function familyTable(
  families: readonly KeyFamily[],
  { most, withoutExpiry }: { readonly most: number; readonly withoutExpiry: ReadonlyMap<string, number> },
): Table {
  const keys = families.reduce((sum, family) => sum + family.keys.length, 0);
  const bytes = families.reduce((sum, family) => sum + family.bytes, 0);
  return {
    name: 'families',
    title: 'Keys by family, most memory first',
    columns: [
      { name: 'family', title: 'Family' },
      { name: 'byte_share', title: 'Share of memory', unit: 'ratio' },
      { name: 'key_share', title: 'Share of keys', unit: 'ratio' },
      { name: 'without_expiry_ratio', title: 'Never expire', unit: 'ratio' },
      { name: 'mean_bytes', title: 'Bytes per key', unit: 'bytes' },
      { name: 'largest_bytes', title: 'Largest', unit: 'bytes' },
      { name: 'keys', title: 'Keys seen', unit: 'count' },
      { name: 'bytes', title: 'Memory seen', unit: 'bytes' },
    ],
    ...topRows(families, most, (family) => [
      family.family,
      bytes > 0 ? family.bytes / bytes : null,
      family.keys.length / keys,
      withoutExpiry.get(family.family) ?? null,
      family.bytes / family.keys.length,
      family.keys[0]?.bytes ?? null,
      family.keys.length,
      family.bytes,
    ]),
  };
}

/** The largest keys that were seen. */
export function bigKeyTable(keys: readonly BigKey[]): Table {
  return {
    name: 'big_keys',
    title: 'Largest keys that were seen',
    columns: [
      { name: 'family', title: 'Key (masked)' },
      { name: 'type', title: 'Type' },
      { name: 'bytes', title: 'Memory', unit: 'bytes' },
      { name: 'elements', title: 'Elements', unit: 'count' },
      { name: 'expires', title: 'Expires in' },
    ],
    rows: keys.map(({ family, type, bytes, elements, ttlMs }) => [
      family,
      type,
      bytes,
      type === 'string' ? null : elements,
      ttlMs === null ? null : ttlMs < 0 ? 'never' : formatDuration(ttlMs),
    ]),
  };
}

/** The most read keys that were seen, by the logarithmic counter of an LFU policy. */
export function hotKeyTable(keys: readonly { readonly family: string; readonly frequency: number }[]): Table {
  return {
    name: 'hot_keys',
    title: 'Most used keys that were seen',
    columns: [
      { name: 'family', title: 'Key (masked)' },
      { name: 'frequency', title: 'Use (0 to 255, logarithmic)', unit: 'count' },
    ],
    rows: keys.map(({ family, frequency }) => [family, frequency]),
  };
}

export function sumBytes(keys: readonly SeenKey[]): number {
  return keys.reduce((sum, { bytes }) => sum + bytes, 0);
}
