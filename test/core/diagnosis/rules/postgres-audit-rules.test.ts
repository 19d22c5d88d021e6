import { describe, expect, it } from 'vitest';
import type { Cell, CollectedEvidence, Evidence } from '../../../../src/core/evidence.ts';
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

const GIB = 1024 ** 3;

const setting = (name: string, over: Fields = {}) => ({
  setting: name,
  value: '134 MB',
  source: 'configuration file',
  change_needs: name === 'shared_buffers' ? 'restart' : 'reload',
  pending_restart: 'no',
  ...over,
});
const settings = (
  metrics: Readonly<Record<string, number>> = {},
  rows: readonly Fields[] = [setting('shared_buffers'), setting('work_mem'), setting('max_wal_size')],
  facts: Readonly<Record<string, string>> = { same_machine: 'no' },
) =>
  seen(
    'postgres.settings',
    {
      shared_buffers_bytes: GIB,
      work_mem_bytes: 4 * 1024 ** 2,
      work_mem_possible_bytes: 400 * 1024 ** 2,
      max_connections: 100,
      effective_cache_size_bytes: 4 * GIB,
      autovacuum_enabled: 1,
      track_counts_enabled: 1,
      settings_pending_restart: rows.filter((row) => row.pending_restart === 'yes').length,
      ...metrics,
    },
    { settings: rows },
    facts,
  );
const container = (metrics: Readonly<Record<string, number>>): CollectedEvidence => ({
  ...seen('postgres.settings', metrics),
  probe: 'docker.stats',
  targetKind: 'container',
});
const limited = container({ memory_limit_bytes: 4 * GIB, memory_used_bytes: GIB, memory_ratio: 0.25 });

const table = (over: Fields = {}) => ({
  table: 'public.orders',
  rows_estimate: 2_000_000,
  dead_rows: 0,
  dead_ratio: 0,
  vacuum_threshold: 400_050,
  modified_since_analyze_ratio: 0,
  analyze_threshold: 200_050,
  autovacuum: 'on',
  ...over,
});
const tables = (...rows: readonly Fields[]) =>
  seen('postgres.tables', { tables: rows.length }, { tables: rows });
const full = table({ dead_rows: 1_200_000, dead_ratio: 0.4 });

const maintenance = (metrics: Readonly<Record<string, number>> = {}) =>
  seen(
    'postgres.maintenance',
    {
      transaction_age: 50_000_000,
      transaction_age_ratio: 0.25,
      checkpoints_requested: 0,
      checkpoints_requested_ratio: 0.1,
      checkpoint_interval_ms: 290_000,
      checkpoint_timeout_ms: 300_000,
      checkpoint_completion_ratio: 0.9,
      max_wal_size_bytes: GIB,
      wal_bytes_per_second: 1e6,
      backend_fsyncs: 0,
      ...metrics,
    },
    { oldest: [{ table: 'public.orders', age: metrics.transaction_age ?? 50_000_000, pages: 9 }] },
    { database: 'shop', oldest_database: 'shop', checkpoints_within: '2 s' },
  );

const holder = (over: Fields = {}) => ({
  kind: 'prepared transaction',
  name: "it's",
  age: 60_000,
  held_ms: 900_000,
  detail: 'shop, shop',
  ...over,
});
const replication = (
  of: Readonly<Record<string, readonly Fields[]>> = {},
  metrics: Readonly<Record<string, number>> = {},
) =>
  seen(
    'postgres.replication',
    {
      standbys: of.standbys?.length ?? 0,
      inactive_slots: 0,
      oldest_snapshot_age: Number(of.xmin_holders?.[0]?.age ?? 0),
      ...metrics,
    },
    of,
  );
const standby = (over: Fields = {}) => ({
  name: 'replica-1',
  sync: 'async',
  lag_bytes: 1000,
  lag_ms: 20,
  ...over,
});

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
  ['settings that fit the memory', [settings(), limited], []],
  ['settings, and nothing known of the memory', [settings({ shared_buffers_bytes: 8e6 })], []],
  [
    'the default buffers in a container of 4 GB',
    [settings({ shared_buffers_bytes: 134e6 }), limited],
    ['db.memory_settings'],
  ],
  [
    'the tuning of the guide in a container of 4 GB',
    [settings({ work_mem_possible_bytes: 50e9, max_connections: 200 }), limited],
    ['db.memory_settings'],
  ],
  [
    'a container without a limit on a machine of 64 GB',
    [settings(), container({ memory_used_bytes: GIB, memory_ratio: 1 / 64 })],
    ['db.memory_settings'],
  ],
  ['autovacuum off', [settings({ autovacuum_enabled: 0 })], ['db.autovacuum_off']],
  [
    'autovacuum off for a large table',
    [settings(), tables(table({ autovacuum: 'off' }))],
    ['db.autovacuum_off'],
  ],
  [
    'autovacuum off for a small one',
    [settings(), tables(table({ autovacuum: 'off', rows_estimate: 50 }))],
    [],
  ],
  [
    'a setting that waits for a restart',
    [settings({}, [setting('shared_buffers', { pending_restart: 'yes' })])],
    ['db.pending_restart'],
  ],
  ['a table full of dead rows', [tables(full)], ['db.bloat_dead_tuples']],
  [
    'dead rows that somebody may still see',
    [tables(full), replication({ xmin_holders: [holder()] })],
    ['db.xmin_held', 'db.bloat_dead_tuples'],
  ],
  ['an old snapshot without dead rows', [tables(table()), replication({ xmin_holders: [holder()] })], []],
  [
    'a very old snapshot',
    [replication({ xmin_holders: [holder({ kind: 'slot', age: 3_000_000, held_ms: null })] })],
    ['db.xmin_held'],
  ],
  ['checkpoints by time', [maintenance()], []],
  [
    'checkpoints before their time',
    [maintenance({ checkpoints_requested_ratio: 0.8, checkpoint_interval_ms: 40_000 })],
    ['db.checkpoint_pressure'],
  ],
  [
    'transaction ids that are due',
    [maintenance({ transaction_age: 210_000_000, transaction_age_ratio: 1.05 })],
    ['db.wraparound'],
  ],
  ['a standby that follows', [replication({ standbys: [standby()] })], []],
  [
    'a standby that is behind',
    [replication({ standbys: [standby({ lag_bytes: 9e8 })] })],
    ['db.replication_lag'],
  ],
  [
    'a standby that is behind, seen from itself',
    [replication({}, { replay_delay_ms: 90_000 })],
    ['db.replication_lag'],
  ],
  [
    'a slot that nobody uses',
    [
      replication(
        { slots: [{ slot: 'gone', in_use: 'no', retained_bytes: 5e9 }] },
        { slot_retained_bytes: 5e9 },
      ),
    ],
    ['db.slot_retains_wal'],
  ],
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

  it('gives each advice a reason, a source, and each change its risk', () => {
    const advice = TABLE.flatMap(([, evidence]) =>
      concluded(evidence).causes.flatMap((cause) => cause.advice),
    );
    expect(advice.length).toBeGreaterThan(5);
    for (const { title, why, effect, risk, source } of advice) {
      expect(why.length, title).toBeGreaterThan(20);
      expect(source, title).toMatch(/^https:/);
      if (effect === 'changes') expect(risk, title).toBeDefined();
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

  it('computes the settings from the memory that there is, and says which need a restart', () => {
    const [cause] = concluded([settings({ shared_buffers_bytes: 134e6 }), limited]).causes;
    expect(cause?.summary).toBe(
      'shared_buffers is 134 MB, 3.12 % of the 4.29 GB of the container: most of it is not used for its cache.',
    );
    expect(cause?.advice.map(({ command }) => command)).toEqual([
      "ALTER SYSTEM SET shared_buffers = '1024MB'; -- then restart PostgreSQL: it is read at the start only",
      "ALTER SYSTEM SET work_mem = '10MB'; -- then, as a statement of its own: SELECT pg_reload_conf();",
      "ALTER SYSTEM SET effective_cache_size = '3072MB'; -- then, as a statement of its own: SELECT pg_reload_conf();",
    ]);
    expect(cause?.advice[0]?.risk).toMatch(/^Needs a restart/);
    expect(cause?.advice[1]?.risk).toMatch(/^No restart is needed/);
  });

  it('does not give ALTER SYSTEM for what the command line sets', () => {
    const rows = [setting('shared_buffers', { source: 'command line' })];
    const [cause] = concluded([settings({ shared_buffers_bytes: 32 * 1024 ** 2 }, rows), limited]).causes;
    expect(cause?.advice[0]?.command).toContain('-c shared_buffers=1024MB');
    expect(cause?.advice[0]).toMatchObject({ undo: expect.stringContaining('-c shared_buffers=32MB') });
    expect(cause?.advice[0]?.command).not.toContain('ALTER SYSTEM');
  });

  it('takes the memory of the machine only where the database runs beside perfbot', () => {
    const machine = { ...container({ memory_total_bytes: 8 * GIB }), probe: 'host.memory', service: 'host' };
    const small = { shared_buffers_bytes: 134e6 };
    const here = concluded([settings(small, undefined, { same_machine: 'yes' }), machine]);
    expect(here.causes.map(({ id }) => id)).toEqual(['db.memory_settings']);
    const elsewhere = concluded([settings(small), machine]);
    expect(elsewhere.causes).toEqual([]);
    expect(elsewhere.undecided.map(({ id }) => id)).toContain('db.memory_settings');
  });

  it('lets autovacuum come sooner, by numbers that follow from the table', () => {
    const [cause] = concluded([tables(full)]).causes;
    expect(cause?.advice[1]).toMatchObject({
      why: 'It waits for 400,050 dead rows now; with these values it comes at 41,000.',
      command:
        'ALTER TABLE public.orders SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);',
    });
  });

  it('sizes max_wal_size by how often it was full', () => {
    const [cause] = concluded([
      maintenance({
        checkpoints_requested_ratio: 0.8,
        checkpoint_interval_ms: 60_000,
        wal_bytes_per_second: 0,
      }),
    ]).causes;
    expect(cause?.advice[0]?.command).toContain("max_wal_size = '6400MB'");
  });

  it('quotes names in commands', () => {
    const [cause] = concluded([tables(full), replication({ xmin_holders: [holder()] })]).causes;
    expect(cause?.advice[0]?.command).toContain("ROLLBACK PREPARED 'it''s'");
  });

  it('does not let a table that no statement names come before a long query of an outsider', () => {
    const [first, second] = concluded([
      tables(table({ dead_rows: 90_000, dead_ratio: 0.8, autovacuum: 'off' })),
      seen(
        'postgres.statements',
        { calls_per_second: 9 },
        { statements: [{ query: 'SELECT 1', share: 1, mean_ms: 1 }] },
      ),
      seen(
        'postgres.activity',
        {
          connections_ratio: 0.1,
          connections_active: 1,
          longest_query_ms: 20_000,
          longest_idle_in_transaction_ms: 0,
        },
        {
          connections_by: [{ application: 'shop-api', state: 'idle', count: 5 }],
          sessions: [
            { pid: 7, application: 'metabase', state: 'active', wait: null, age_ms: 20_000, query: 'SELECT' },
          ],
        },
      ),
      seen(
        'postgres.waits',
        {},
        { applications: [{ application: 'metabase', address: '10.0.0.9', active_share: 0.9 }] },
      ),
    ]).causes;
    expect([first?.id, second?.id]).toEqual(['db.noisy_query', 'db.bloat_dead_tuples']);
    expect(first?.evidence.at(-1)?.text).toContain('metabase, from 10.0.0.9');
  });

  it('sizes a pool by the cores of the database', () => {
    const busy = seen('postgres.activity', {
      connections: 96,
      connections_limit: 97,
      connections_ratio: 0.99,
    });
    const [sized] = concluded([busy, container({ cpu_limit_cores: 4 })]).causes;
    expect(sized?.advice[0]?.title).toContain('to about 9 connections');
    const [unsized] = concluded([busy]).causes;
    expect(unsized?.advice[0]?.title).not.toMatch(/\d/);
  });
});
