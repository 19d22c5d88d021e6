import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { ForeignKey, Index } from './index-catalogue.ts';
import type { Overlap } from './index-overlaps.ts';

/** What is not as it should be among the indexes of a database, largest first. */
export interface Found {
  readonly unused: readonly Index[];
  readonly repeated: readonly Overlap[];
  readonly invalid: readonly Index[];
  /** Foreign keys without an index. */
  readonly bare: readonly ForeignKey[];
  /** Bytes by oid. */
  readonly sizes: ReadonlyMap<string, number>;
}

interface Described extends Found {
  readonly definitions: ReadonlyMap<string, string>;
}

/** The tables of `postgres.indexes`, each of at most `limit` rows. */
export function indexTables(found: Described, limit: number): readonly Table[] {
  return [
    indexTable('unused', 'Indexes that are hardly used, largest first', { of: found.unused, found, limit }),
    overlapTable(found, limit),
    indexTable('invalid', 'Indexes that are not valid', { of: found.invalid, found, limit }),
    foreignKeyTable(found.bare, limit),
  ];
}

function indexTable(
  name: string,
  title: string,
  { of, found, limit }: { readonly of: readonly Index[]; readonly found: Described; readonly limit: number },
): Table {
  return {
    name,
    title,
    columns: [
      { name: 'index', title: 'Index' },
      { name: 'table', title: 'Table' },
      { name: 'size_bytes', title: 'Size', unit: 'bytes' },
      { name: 'scans', title: 'Uses', unit: 'count' },
      { name: 'definition', title: 'Definition', format: 'sql' },
    ],
    ...topRows(of, limit, (index) => [
      index.index,
      index.table,
      found.sizes.get(index.oid) ?? null,
      index.scans,
      found.definitions.get(index.oid) ?? null,
    ]),
  };
}

function overlapTable({ repeated, sizes, definitions }: Described, limit: number): Table {
  return {
    name: 'duplicates',
    title: 'Indexes that another one replaces, largest first',
    columns: [
      { name: 'index', title: 'Index' },
      { name: 'replaced_by', title: 'Replaced by' },
      { name: 'kind', title: 'How' },
      { name: 'table', title: 'Table' },
      { name: 'size_bytes', title: 'Size', unit: 'bytes' },
      { name: 'definition', title: 'Definition', format: 'sql' },
    ],
    ...topRows(repeated, limit, ({ needless, kept, kind }) => [
      needless.index,
      kept.index,
      kind === 'same' ? 'the same columns' : 'begins with the same columns',
      needless.table,
      sizes.get(needless.oid) ?? null,
      definitions.get(needless.oid) ?? null,
    ]),
  };
}

function foreignKeyTable(keys: readonly ForeignKey[], limit: number): Table {
  return {
    name: 'foreign_keys',
    title: 'Foreign keys without an index, largest table first',
    columns: [
      { name: 'constraint', title: 'Foreign key' },
      { name: 'table', title: 'Table' },
      { name: 'columns', title: 'Columns' },
      { name: 'referenced', title: 'Refers to' },
      { name: 'rows_estimate', title: 'Rows', unit: 'count' },
      { name: 'referenced_changes', title: 'Rows changed at the other end', unit: 'count' },
    ],
    ...topRows(keys, limit, (key) => [
      key.constraint,
      key.table,
      key.columns.join(', '),
      key.referenced,
      key.rows_estimate,
      key.referenced_changes,
    ]),
  };
}
