import { describe, expect, it } from 'vitest';
import type { Cell, Evidence } from '../../../../src/core/evidence.ts';
import { concluded, seen } from './database-scene.ts';

type Fields = Readonly<Record<string, Cell>>;

const DAY_MS = 86_400_000;

const index = (over: Fields = {}) => ({
  index: 'public.orders_note',
  table: 'public.orders',
  size_bytes: 40_000_000,
  scans: 0,
  definition: 'CREATE INDEX orders_note ON public.orders USING btree (note)',
  ...over,
});
const repeated = (over: Fields = {}) => ({
  ...index(),
  replaced_by: 'public.orders_note_day',
  kind: 'begins with the same columns',
  ...over,
});
const key = (over: Fields = {}) => ({
  constraint: 'items_order_fkey',
  table: 'public.items',
  columns: 'order_id',
  referenced: 'public.orders',
  rows_estimate: 500_000,
  referenced_changes: 40,
  ...over,
});
const indexes = (
  tables: Readonly<Record<string, readonly Fields[]>>,
  metrics: Readonly<Record<string, number>> = {},
) =>
  seen(
    'postgres.indexes',
    {
      unused_index_bytes: 0,
      duplicate_indexes: tables.duplicates?.length ?? 0,
      duplicate_index_bytes: 0,
      invalid_indexes: tables.invalid?.length ?? 0,
      foreign_keys_without_index: tables.foreign_keys?.length ?? 0,
      stats_age_ms: 90 * DAY_MS,
      ...metrics,
    },
    tables,
  );

// name | evidence | causes in order
const TABLE: readonly (readonly [string, readonly Evidence[], readonly string[]])[] = [
  ['tidy indexes', [indexes({})], []],
  ['an index that nobody has used for months', [indexes({ unused: [index()] })], ['db.unused_index']],
  ['an index that repeats another', [indexes({ duplicates: [repeated()] })], ['db.duplicate_index']],
  ['an index that was left unfinished', [indexes({ invalid: [index()] })], ['db.invalid_index']],
  [
    'a foreign key that deletes have to search',
    [indexes({ foreign_keys: [key()] })],
    ['db.foreign_key_without_index'],
  ],
  ['a foreign key of a small table', [indexes({ foreign_keys: [key({ rows_estimate: 900 })] })], []],
  [
    'upkeep never comes before what hurts now',
    [
      indexes({
        unused: [index()],
        duplicates: [repeated()],
        invalid: [index()],
        foreign_keys: [key()],
      }),
      seen('postgres.activity', {
        connections: 96,
        connections_limit: 97,
        connections_ratio: 0.99,
        connections_active: 40,
        longest_query_ms: 0,
        longest_idle_in_transaction_ms: 0,
      }),
    ],
    [
      'db.connections_exhausted',
      'db.invalid_index',
      'db.unused_index',
      'db.foreign_key_without_index',
      'db.duplicate_index',
    ],
  ],
];

describe('rules of the database audit', () => {
  it.each(TABLE)('%s', (_name, evidence, expected) => {
    expect(
      concluded(evidence)
        .causes.map(({ id }) => id)
        .sort(),
    ).toEqual([...expected].sort());
    expect(concluded(evidence).causes[0]?.id).toBe(expected[0]);
  });

  it('gives each advice a reason, a source, and each command its risk', () => {
    const advice = TABLE.flatMap(([, evidence]) =>
      concluded(evidence).causes.flatMap((cause) => cause.advice),
    );
    expect(advice.length).toBeGreaterThan(5);
    for (const { title, why, command, risk, source } of advice) {
      expect(why.length, title).toBeGreaterThan(20);
      expect(source, title).toMatch(/^https:/);
      if (command !== undefined) expect(risk, title).toBeDefined();
    }
  });

  it('drops an index only when the counters are a month old, and says the way back', () => {
    const [old] = concluded([indexes({ unused: [index()] })]).causes;
    expect(old?.advice[0]).toMatchObject({
      command: 'DROP INDEX CONCURRENTLY public.orders_note;',
      undo: 'CREATE INDEX CONCURRENTLY orders_note ON public.orders USING btree (note);',
    });
    const [young] = concluded([indexes({ unused: [index()] }, { stats_age_ms: 2 * DAY_MS })]).causes;
    expect(young?.summary).toContain('counted for 2 d');
    expect(young?.against[0]?.text).toContain('monthly job');
    expect(JSON.stringify(young?.advice)).not.toContain('DROP');
  });

  it('trusts a foreign key more when deletes take the time', () => {
    const statements = seen(
      'postgres.statements',
      { calls_per_second: 2, mean_exec_time_ms: 300 },
      { statements: [{ query: 'DELETE FROM orders WHERE id = $1', share: 0.9, mean_ms: 300, calls: 9 }] },
    );
    const [cause] = concluded([indexes({ foreign_keys: [key()] }), statements]).causes;
    expect(cause).toMatchObject({ id: 'db.foreign_key_without_index' });
    expect(cause?.confidence).toBeGreaterThan(0.7);
  });

  it('writes mixed case in quotes', () => {
    const [cause] = concluded([
      indexes({ foreign_keys: [key({ table: 'public."Items"', columns: '"orderId", tenant' })] }),
    ]).causes;
    expect(cause?.advice[0]?.command).toBe(
      'CREATE INDEX CONCURRENTLY "Items_orderId_tenant_idx" ON public."Items" ("orderId", tenant);',
    );
  });
});
