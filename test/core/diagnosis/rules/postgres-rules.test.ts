import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../../src/core/evidence.ts';
import { concluded, seen, unseen } from './database-scene.ts';

const slowHttp = seen('http.timing', { response_time_p95_ms: 3400, error_rate: 0 });
const fineHttp = seen('http.timing', { response_time_p95_ms: 40, error_rate: 0 });

const wait = (over: Readonly<Record<string, string | number | null>> = {}) => ({
  blocked_pid: 11,
  blocked_query: 'UPDATE accounts SET n = $1',
  wait_ms: 12_000,
  lock_mode: 'ShareLock',
  relation: 'public.accounts',
  root_pid: 7,
  root_state: 'idle in transaction',
  root_application: 'shop-api',
  root_query: 'UPDATE accounts SET n = ?',
  root_transaction_age_ms: 20_000,
  root_lock_mode: 'RowExclusiveLock',
  ...over,
});
const locks = (...waits: readonly ReturnType<typeof wait>[]) =>
  seen(
    'postgres.locks',
    {
      blocked_sessions: waits.length,
      longest_wait_ms: Math.max(0, ...waits.map(({ wait_ms }) => Number(wait_ms))),
    },
    { blocking: waits },
  );

const pool = (state: string, count: number, application = 'shop-api') => ({
  application,
  user: 'shop',
  state,
  count,
});
const activity = (
  metrics: Readonly<Record<string, number>>,
  pools: readonly ReturnType<typeof pool>[] = [],
  sessions: readonly Record<string, string | number | null>[] = [],
) =>
  seen(
    'postgres.activity',
    {
      connections: 10,
      connections_limit: 97,
      connections_ratio: 0.1,
      connections_active: 0,
      longest_query_ms: 0,
      longest_idle_in_transaction_ms: 0,
      ...metrics,
    },
    { connections_by: pools, sessions },
  );

const longQuery = (over: { readonly application: string; readonly wait: string | null }) =>
  activity(
    { longest_query_ms: 95_000, connections_active: 1 },
    [pool('idle', 8)],
    [
      {
        pid: 9,
        user: 'bi',
        state: 'active',
        age_ms: 95_000,
        transaction_age_ms: 95_000,
        query: 'S',
        ...over,
      },
    ],
  );
const working = (application: string, active_share: number) =>
  seen('postgres.waits', {}, { applications: [{ application, address: '10.0.0.2', active_share }] });

const table = (over: Readonly<Record<string, string | number | null>> = {}) => ({
  table: 'public.orders',
  seq_scans_per_second: 12,
  seq_rows_per_second: 3_500_000,
  index_scans_per_second: 0,
  rows_estimate: 300_000,
  dead_rows: 0,
  dead_ratio: 0,
  size_bytes: 3e7,
  modified_since_analyze_ratio: 0,
  autovacuum: 'on',
  ...over,
});
const quietTable = table({ seq_scans_per_second: 0, seq_rows_per_second: 0 });
const database = (
  rows: readonly ReturnType<typeof table>[],
  metrics: Readonly<Record<string, number>> = {},
) =>
  seen(
    'postgres.database',
    { temp_bytes_per_second: 0, deadlocks: 0, cache_hit_ratio: 0.999, ...metrics },
    { tables: rows },
    { deadlocks_within: '3 min' },
  );

const statement = (over: Readonly<Record<string, string | number | null>> = {}) => ({
  queryid: '42',
  query: 'SELECT id FROM orders WHERE customer_id = $1',
  calls: 40,
  mean_ms: 550,
  total_ms: 22_000,
  share: 0.81,
  rows_per_call: 1,
  cache_hit_ratio: 1,
  temp_bytes: 0,
  database: 'shop',
  ...over,
});
const statements = (
  rows: readonly ReturnType<typeof statement>[],
  metrics: Readonly<Record<string, number>> = {},
) =>
  seen(
    'postgres.statements',
    { calls_per_second: 10, mean_exec_time_ms: 400, ...metrics },
    { statements: rows },
  );

const step = (over: Readonly<Record<string, string | number | null>> = {}) => ({
  queryid: '42',
  depth: 0,
  step: 'Seq Scan',
  table: 'public.orders',
  alias: 'o',
  filter: '(o.customer_id = $1)',
  condition: null,
  keys: null,
  rows: 3,
  bytes: 30,
  cost: 5000,
  ...over,
});
const planned = (row: ReturnType<typeof statement>, ...plans: readonly ReturnType<typeof step>[]): Evidence =>
  seen('postgres.statements', { calls_per_second: 10, mean_exec_time_ms: 400 }, { statements: [row], plans });

const idle = statement({ mean_ms: 2, share: 0.9, total_ms: 100 });

// name | evidence | causes in order
const TABLE: readonly (readonly [string, readonly Evidence[], readonly string[]])[] = [
  ['a row lock', [locks(wait()), activity({})], ['db.lock_contention']],
  ['a short wait', [locks(wait({ wait_ms: 200 }))], []],
  ['no wait', [locks()], []],
  [
    'an ALTER behind an idle transaction',
    [
      locks(
        wait({ lock_mode: 'AccessShareLock', wait_ms: 4000 }),
        wait({ lock_mode: 'AccessExclusiveLock', wait_ms: 5000 }),
      ),
    ],
    ['db.ddl_lock_queue'],
  ],
  [
    'reads behind an ALTER that holds the table',
    [locks(wait({ lock_mode: 'AccessShareLock', root_lock_mode: 'AccessExclusiveLock' }))],
    ['db.ddl_lock_queue'],
  ],
  [
    'a row lock of a transaction that also did DDL',
    [locks(wait({ root_lock_mode: 'AccessExclusiveLock' }))],
    ['db.lock_contention'],
  ],
  [
    'an idle transaction that blocks others: the lock is the cause',
    [locks(wait()), activity({ longest_idle_in_transaction_ms: 20_000 })],
    ['db.lock_contention', 'db.idle_in_tx'],
  ],
  [
    'an idle transaction that blocks nobody',
    [locks(), activity({ longest_idle_in_transaction_ms: 90_000 })],
    ['db.idle_in_tx'],
  ],
  ['a transaction idle for a moment', [locks(), activity({ longest_idle_in_transaction_ms: 900 })], []],
  [
    'a leaked pool',
    [slowHttp, activity({}, [pool('idle', 10)]), statements([], { calls_per_second: 0 })],
    ['app.pool_leak'],
  ],
  [
    'an idle pool of a healthy application',
    [fineHttp, activity({}, [pool('idle', 10)]), statements([], { calls_per_second: 0 })],
    [],
  ],
  [
    'an idle pool while statements run',
    [slowHttp, activity({}, [pool('idle', 10)]), statements([idle], { calls_per_second: 200 })],
    [],
  ],
  [
    'a pool of which one session works',
    [slowHttp, activity({ connections_active: 1 }, [pool('idle', 9), pool('active', 1)])],
    [],
  ],
  [
    'idle sessions that wait for their client in a transaction, and nothing runs',
    [
      slowHttp,
      activity({}, [pool('idle in transaction', 6), pool('idle', 4)]),
      statements([], { calls_per_second: 0 }),
    ],
    ['app.pool_leak'],
  ],
  [
    'a leaked pool and one health query',
    [
      slowHttp,
      activity({ connections_active: 1, longest_query_ms: 3 }, [pool('idle', 9), pool('active', 1)]),
      statements([], { calls_per_second: 0.2 }),
    ],
    ['app.pool_leak'],
  ],
  [
    'a pool that waits for its one long query',
    [
      slowHttp,
      activity({ connections_active: 1, longest_query_ms: 4000 }, [pool('idle', 9), pool('active', 1)]),
      statements([], { calls_per_second: 0.2 }),
    ],
    [],
  ],
  [
    'a nearly full server that many applications share',
    [activity({ connections_ratio: 0.85 }, [pool('idle', 40), pool('idle', 42, 'reports')])],
    [],
  ],
  [
    'a full server at work',
    [activity({ connections_ratio: 0.98, connections_active: 60 }, [pool('active', 60), pool('idle', 35)])],
    ['db.connections_exhausted'],
  ],
  [
    'a full server whose sessions all idle',
    [slowHttp, activity({ connections_ratio: 0.98 }, [pool('idle', 95)])],
    ['app.pool_leak', 'db.connections_exhausted'],
  ],
  [
    'a refused connection',
    [unseen('postgres.activity', 'overloaded'), unseen('postgres.locks', 'overloaded')],
    ['db.connections_exhausted'],
  ],
  ['no permission says nothing', [unseen('postgres.activity', 'permission')], []],
  ['a filter without an index', [database([table()]), statements([statement()])], ['db.missing_index']],
  [
    'the same without statements',
    [database([table()]), unseen('postgres.statements', 'permission')],
    ['db.missing_index'],
  ],
  ['a small table', [database([table({ rows_estimate: 900 })]), statements([idle])], []],
  [
    'a table that indexes serve',
    [database([table({ index_scans_per_second: 900 })]), statements([idle])],
    [],
  ],
  [
    'a scan that wants all rows',
    [database([table()]), statements([statement({ query: 'SELECT sum(total) FROM orders' })])],
    ['db.slow_query'],
  ],
  ['a slow statement without a scan', [database([quietTable]), statements([statement()])], ['db.slow_query']],
  [
    'a slow statement that waits for a lock',
    [locks(wait()), database([quietTable]), statements([statement()])],
    ['db.lock_contention'],
  ],
  [
    'a sort that spills',
    [
      database([quietTable], { temp_bytes_per_second: 3e7 }),
      statements([statement({ temp_bytes: 9e8, query: 'SELECT * FROM orders ORDER BY note' })]),
    ],
    ['db.work_mem_spill'],
  ],
  [
    'a little temporary data',
    [database([quietTable], { temp_bytes_per_second: 2e5 }), statements([idle])],
    [],
  ],
  [
    'dead rows and autovacuum off',
    [
      database([table({ ...quietTable, dead_rows: 80_000, dead_ratio: 0.8, autovacuum: 'off' })]),
      statements([idle]),
    ],
    ['db.bloat_dead_tuples'],
  ],
  [
    'a few dead rows',
    [database([table({ ...quietTable, dead_rows: 3000, dead_ratio: 0.3 })]), statements([idle])],
    [],
  ],
  [
    'a loaded table that was never analysed',
    [
      database([table({ ...quietTable, modified_since_analyze_ratio: 1 })]),
      statements([statement({ mean_ms: 60 })]),
    ],
    ['db.stale_statistics'],
  ],
  [
    'a loaded table that nobody reads',
    [
      database([table({ ...quietTable, table: 'public.archive', modified_since_analyze_ratio: 1 })]),
      statements([idle]),
    ],
    [],
  ],
  ['a deadlock', [database([quietTable], { deadlocks: 1 })], ['db.deadlock']],
  ['a cold buffer cache', [database([quietTable], { cache_hit_ratio: 0.7 })], ['db.low_cache_hit']],
  [
    'a cold buffer cache that statements read past',
    [
      database([quietTable], { cache_hit_ratio: 0.7, cache_miss_bytes_per_second: 5e7 }),
      statements([idle], { cache_miss_bytes_per_second: 4e7 }),
    ],
    ['db.low_cache_hit'],
  ],
  [
    'a table that only upkeep reads from the disk',
    [
      database([quietTable], { cache_hit_ratio: 0.1, cache_miss_bytes_per_second: 5e7 }),
      statements([idle], { cache_miss_bytes_per_second: 2e5 }),
    ],
    [],
  ],
  [
    'a report beside which nothing stays in the cache',
    [
      database([quietTable], { cache_hit_ratio: 0.7, cache_miss_bytes_per_second: 5e7 }),
      longQuery({ application: 'metabase', wait: 'IO:DataFileRead' }),
    ],
    ['db.noisy_query'],
  ],
  [
    'a cold cache that hardly reads',
    [database([quietTable], { cache_hit_ratio: 0.7, cache_miss_bytes_per_second: 4e5 })],
    [],
  ],
  [
    'a report of an outsider',
    [
      activity(
        { longest_query_ms: 95_000, connections_active: 3 },
        [pool('idle', 8), pool('active', 1, 'metabase')],
        [
          {
            pid: 9,
            application: 'metabase',
            user: 'bi',
            state: 'active',
            wait: null,
            age_ms: 95_000,
            transaction_age_ms: 95_000,
            query: 'SELECT …',
          },
        ],
      ),
    ],
    ['db.noisy_query'],
  ],
  ...['Timeout:PgSleep', 'IPC:MessageQueueSend', 'Extension:Extension', 'Client:ClientWrite'].map(
    (wait): readonly [string, readonly Evidence[], readonly string[]] => [
      `an outsider that waits for ${wait}`,
      [longQuery({ application: 'metabase', wait })],
      [],
    ],
  ),
  [
    'a parallel report that waits for its workers',
    [longQuery({ application: 'metabase', wait: 'IPC:ExecuteGather' })],
    ['db.noisy_query'],
  ],
  ['a long query of the application itself', [longQuery({ application: 'shop-api', wait: null })], []],
  [
    'one of the application itself that has most of the work',
    [longQuery({ application: 'shop-api', wait: null }), working('shop-api', 0.9)],
    ['db.noisy_query'],
  ],
  [
    'a long query that only waits for a lock',
    [
      activity(
        { longest_query_ms: 95_000, connections_active: 1 },
        [pool('active', 1)],
        [
          {
            pid: 9,
            application: 'shop-api',
            user: 'shop',
            state: 'active',
            wait: 'Lock:tuple',
            age_ms: 95_000,
            transaction_age_ms: 95_000,
            query: 'UPDATE …',
          },
        ],
      ),
    ],
    [],
  ],
  [
    'many tiny statements per request',
    [
      slowHttp,
      seen('prometheus.query', { throughput_per_minute: 1200 }),
      statements([statement({ mean_ms: 0.04, calls: 3000, share: 0.9 })], { calls_per_second: 720 }),
    ],
    ['app.n_plus_one'],
  ],
  [
    'many tiny statements for many requests',
    [
      slowHttp,
      seen('prometheus.query', { throughput_per_minute: 30_000 }),
      statements([statement({ mean_ms: 0.04, calls: 3000, share: 0.9 })], { calls_per_second: 720 }),
    ],
    [],
  ],
  [
    'many tiny statements and happy users',
    [
      fineHttp,
      statements([statement({ mean_ms: 0.04, calls: 3000, share: 0.9 })], { calls_per_second: 720 }),
    ],
    [],
  ],
];

describe('PostgreSQL rules', () => {
  it.each(TABLE)('%s', (_name, evidence, expected) => {
    const ours = /^(db\.|app\.(pool_leak|n_plus_one))/;
    expect(
      concluded(evidence)
        .causes.map(({ id }) => id)
        .filter((id) => ours.test(id)),
    ).toEqual(expected);
  });

  it.each<[string, readonly Evidence[], number, number]>([
    [
      'counted statements',
      [slowHttp, activity({}, [pool('idle', 10)]), statements([], { calls_per_second: 0 })],
      0.86,
      0,
    ],
    ['uncounted ones', [slowHttp, activity({}, [pool('idle', 5)])], 0.4, 1],
    [
      'a peer that does not answer',
      [
        slowHttp,
        activity({}, [pool('idle', 10)]),
        statements([], { calls_per_second: 0 }),
        {
          ...seen(
            'docker.sockets',
            {},
            { peers: [{ peer: '10.0.0.9:7000', name: 'payments', connections: 9, unanswered: 1 }] },
          ),
          service: 'shop-api',
        },
      ],
      0.4,
      1,
    ],
    [
      'traces that name a peer',
      [
        slowHttp,
        activity({}, [pool('idle', 10)]),
        statements([], { calls_per_second: 0 }),
        {
          ...seen(
            'jaeger.traces',
            { traced_requests: 20 },
            { peers: [{ peer: 'payments', kind: 'service', share: 0.9, ms_per_request: 900 }] },
          ),
          service: 'shop-api',
        },
      ],
      0.4,
      1,
    ],
    [
      'its own words',
      [
        slowHttp,
        activity({}, [pool('idle', 10)]),
        statements([], { calls_per_second: 0 }),
        seen(
          'docker.logs',
          {},
          {
            patterns: [
              {
                pattern: 'GET <path> timeout exceeded when trying to connect',
                level: 'error',
                count: 137,
                count_before: 0,
                example: 'GET /items timeout exceeded when trying to connect',
              },
            ],
          },
        ),
      ],
      0.93,
      0,
    ],
  ])('believes in a leaked pool as far as %s allow', (_name, evidence, confidence, against) => {
    const leak = concluded(evidence).causes.find(({ id }) => id === 'app.pool_leak');
    expect(leak?.confidence).toBe(confidence);
    expect(leak?.against).toHaveLength(against);
  });

  it.each([
    [
      'waits for the table',
      wait({ lock_mode: 'AccessExclusiveLock', blocked_pid: 12, wait_ms: 5000 }),
      /pid = 12 AND state = 'active' AND query_start < now\(\) - interval '2 s'/,
    ],
    [
      'runs and holds it',
      wait({ lock_mode: 'AccessShareLock', root_lock_mode: 'AccessExclusiveLock', root_state: 'active' }),
      /pid = 7 AND state = 'active' AND xact_start < now\(\) - interval '10 s'/,
    ],
    [
      'is done and stands idle in its transaction',
      wait({ lock_mode: 'AccessShareLock', root_lock_mode: 'AccessExclusiveLock' }),
      undefined,
    ],
  ])('cancels only the very schema change that %s', (_name, row, expected) => {
    const [cause] = concluded([locks(row)]).causes;
    const cancel = cause?.advice.flatMap(({ command = '' }) =>
      command.includes('pg_cancel') ? command : [],
    );
    expect(cancel?.[0] ?? '').toMatch(expected ?? /^$/);
    expect(cause?.advice[0]?.command).toMatch(/pg_terminate_backend.* AND xact_start </);
  });

  it('shows what an idle transaction keeps from VACUUM, and that nothing waits', () => {
    const standing = [7, 9].map((pid) => ({ pid, state: 'idle in transaction', xmin_age: 1000 * pid }));
    const [cause] = concluded([
      locks(),
      activity({ longest_idle_in_transaction_ms: 90_000 }, [], standing),
    ]).causes;
    expect(cause?.evidence).toContainEqual(expect.objectContaining({ metric: 'xmin_age', value: 9000 }));
    expect(cause?.against).toEqual([expect.objectContaining({ metric: 'blocked_sessions', value: 0 })]);
  });

  it('names the column, the risk and the way back', () => {
    const [cause] = concluded([database([table()]), statements([statement()])]).causes;
    expect(cause).toMatchObject({ service: 'shop-db', confidence: 0.92 });
    expect(cause?.advice[0]).toMatchObject({
      command: 'CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);',
      undo: 'DROP INDEX CONCURRENTLY public.orders_customer_id_idx;',
    });
    expect(cause?.summary).toContain('81 %');
  });

  it('reads the index from the plan, also where the text shows no column', () => {
    const query = 'SELECT … FROM shop.orders o, customers c WHERE …';
    const filter = '((o.at >= $2) AND (lower(o.mail) = $1) AND (o."order" = $3) AND (o.note ~~ $4))';
    const evidence = [database([table()]), planned(statement({ query }), step({ filter, depth: 1 }))];
    const [cause] = concluded(evidence).causes;
    expect(cause).toMatchObject({ id: 'db.missing_index', confidence: 0.96 });
    expect(cause?.advice[0]).toMatchObject({
      command:
        'CREATE INDEX CONCURRENTLY orders_lower_mail_order_at_idx ON public.orders (lower(mail), "order", at);',
      undo: 'DROP INDEX CONCURRENTLY public.orders_lower_mail_order_at_idx;',
    });
  });

  it('says which filter no ordinary index serves', () => {
    const plan = step({ filter: '(o.note ~~ $1)' });
    const [cause] = concluded([database([table()]), planned(statement(), plan)]).causes;
    expect(cause?.advice[0]?.command).toMatch(/^SELECT query FROM/);
    expect(cause?.advice[0]?.why).toContain('(o.note ~~ $1)');
  });

  it('doubts a missing index when the plan uses one', () => {
    const plan = step({ step: 'Index Scan', filter: null, condition: '(o.customer_id = $1)' });
    const cause = concluded([database([table()]), planned(statement(), plan)]).causes.find(
      ({ id }) => id === 'db.missing_index',
    );
    expect(cause?.confidence).toBe(0.45);
    expect(cause?.against[0]?.text).toContain('Index Scan');
  });

  it('believes in stale statistics when the plan is far off, and doubts them when it is right', () => {
    const stale = database([table({ ...quietTable, modified_since_analyze_ratio: 1 })]);
    const many = statement({ mean_ms: 60, rows_per_call: 30_000 });
    const scan = (rows: number, over = {}) =>
      step({ step: 'Index Scan', filter: null, condition: '(o.customer_id = $1)', rows, ...over });
    const stated = (...plan: readonly ReturnType<typeof step>[]) =>
      concluded([stale, planned(many, ...plan)]).causes.find(({ id }) => id === 'db.stale_statistics');
    expect(stated(scan(1))?.confidence).toBe(0.86);
    expect(stated(scan(28_000))?.against[0]?.text).toContain('30,000 come back');
    const limit = step({ step: 'Limit', table: null, filter: null, rows: 20 });
    expect(stated(limit, scan(1, { depth: 1 }))?.against, 'a limit says nothing').toEqual([]);
    expect(stated(scan(1, { condition: '(o.at > $1)' }))?.confidence, 'ranges are guessed').toBeLessThan(0.7);
  });

  it('names the sort that spills and the index that spares it', () => {
    const row = statement({ temp_bytes: 9e8, query: 'SELECT * FROM orders ORDER BY at' });
    const sort = step({
      step: 'Sort',
      table: null,
      filter: null,
      keys: 'o.at DESC, o.id',
      rows: 2e5,
      bytes: 8e6,
    });
    const below = step({ depth: 1, filter: null });
    const slowDisk = database([quietTable], { temp_bytes_per_second: 4e6 });
    const [cause] = concluded([slowDisk, planned(row, sort, below)]).causes;
    expect(cause).toMatchObject({ id: 'db.work_mem_spill', confidence: 0.95 });
    expect(cause?.advice[1]?.command).toBe(
      'CREATE INDEX CONCURRENTLY orders_at_id_idx ON public.orders (at DESC, id);',
    );
  });

  it('ends the holder of a lock only while it is the same, also where its age is hidden', () => {
    const [cause] = concluded([locks(wait({ wait_ms: 9000, root_transaction_age_ms: null }))]).causes;
    expect(cause?.advice[0]?.command).toContain("pid = 7 AND xact_start < now() - interval '4 s'");
  });

  it('tells a row lock from a queue behind a schema change, and says why it is not the other', () => {
    const reasonsOf = (...rows: ReturnType<typeof wait>[]) =>
      concluded([locks(...rows)])
        .ruledOut.filter(({ id }) => /lock/.test(id))
        .map(({ id, reason }) => `${id}: ${reason}`);
    const ddl = wait({ lock_mode: 'AccessExclusiveLock' });
    expect(reasonsOf(wait())).toEqual([
      'db.ddl_lock_queue: no schema change is among the waits: none needs a whole table',
    ]);
    expect(reasonsOf(wait({ lock_mode: 'AccessShareLock' }), ddl)).toEqual([
      'db.lock_contention: all of them wait behind a schema change',
    ]);
    expect(reasonsOf(wait({ root_pid: 8 }), ddl)).toEqual([]);
    expect(reasonsOf()).toEqual([
      'db.lock_contention: no session waits for a lock',
      'db.ddl_lock_queue: no session waits for a lock',
    ]);
  });

  it('rules out with numbers, and is undecided where they are missing', () => {
    const { ruledOut, undecided } = concluded([locks(), activity({}), database([quietTable])]);
    expect(ruledOut).toContainEqual({ id: 'db.lock_contention', reason: 'no session waits for a lock' });
    expect(ruledOut).toContainEqual({
      id: 'db.connections_exhausted',
      reason: '10 of 97 connections in use (10 %)',
    });
    expect(ruledOut).toContainEqual({ id: 'db.deadlock', reason: 'no deadlock within 3 min' });
    expect(undecided).toEqual([]);
    const hidden = concluded([
      seen('postgres.activity', { connections: 10, connections_ratio: 0.1, connections_limit: 97 }),
    ]);
    expect(hidden.undecided.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['db.idle_in_tx', 'app.pool_leak', 'db.noisy_query']),
    );
  });

  it('gives every advice a reason, and every command that changes something its risk', () => {
    for (const [, evidence] of TABLE) {
      for (const { advice, evidence: lines } of concluded(evidence).causes) {
        expect(lines.length).toBeGreaterThan(0);
        for (const { why, command, risk } of advice) {
          expect(why.length).toBeGreaterThan(10);
          if (/^(ALTER|CREATE|VACUUM|ANALYZE)|pg_terminate|pg_cancel/.test(command ?? ''))
            expect(risk).toBeDefined();
        }
      }
    }
  });
});
