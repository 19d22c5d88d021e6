import type { ForeignKey, Index } from './index-catalogue.ts';

/** An index that another one of the same table makes needless. */
export interface Overlap {
  readonly needless: Index;
  readonly kept: Index;
  /** `same`: equal in all; `prefix`: the other begins with the same columns. */
  readonly kind: 'same' | 'prefix';
}

/**
 * Indexes that could go without any statement losing its index. Unique ones, those that something stands on and those
 * that are not valid are never called needless; of two equal ones the younger (by oid) goes.
 */
export function overlaps(indexes: readonly Index[]): readonly Overlap[] {
  const tables = new Map<string, Index[]>();
  for (const index of indexes.filter(({ valid }) => valid)) {
    const siblings = tables.get(index.table);
    if (siblings) siblings.push(index);
    else tables.set(index.table, [index]);
  }
  return [...tables.values()].flatMap((siblings) =>
    siblings.flatMap((needless) => {
      if (needless.bound || needless.unique) return [];
      const kept = siblings.find((other) => other !== needless && replaces(other, needless));
      return kept ? [{ needless, kept, kind: isSame(kept, needless) ? 'same' : 'prefix' } as const] : [];
    }),
  );
}

function replaces(other: Index, index: Index): boolean {
  if (other.method !== index.method || other.predicate !== index.predicate) return false;
  if (isSame(other, index)) return other.unique || other.bound || Number(other.oid) < Number(index.oid);
  // Only a B-tree can be read by its first columns; expressions are compared as a whole, not by place.
  if (index.method !== 'btree' || index.expressions !== '' || other.expressions !== '') return false;
  const isPlain = columnsOf(index).length === index.key_count;
  return isPlain && other.key_count > index.key_count && beginsWith(other, index);
}

function isSame(a: Index, b: Index): boolean {
  return (
    a.columns === b.columns &&
    a.key_count === b.key_count &&
    a.classes === b.classes &&
    a.collations === b.collations &&
    a.options === b.options &&
    a.expressions === b.expressions
  );
}

function beginsWith(other: Index, index: Index): boolean {
  const starts = (long: string, short: string) => `${long} `.startsWith(`${short} `);
  return (
    starts(other.columns, index.columns) &&
    starts(other.classes, index.classes) &&
    starts(other.collations, index.collations) &&
    starts(other.options, index.options)
  );
}

function columnsOf({ columns }: Index): readonly string[] {
  return columns.split(' ').filter((column) => column !== '');
}

/** Foreign keys whose columns are not the first ones of any whole, valid index: a delete at the other end reads the table. */
export function unindexedForeignKeys(
  keys: readonly ForeignKey[],
  indexes: readonly Index[],
): readonly ForeignKey[] {
  return keys.filter((key) => !indexes.some((index) => serves(index, key)));
}

function serves(index: Index, { table, keys }: ForeignKey): boolean {
  if (index.table !== table || !index.valid || index.predicate !== '') return false;
  const first = columnsOf(index).slice(0, Math.min(keys.length, index.key_count));
  return keys.every((key) => first.includes(String(key)));
}
