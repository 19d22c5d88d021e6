import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../../src/core/evidence.ts';
import { concluded, seen, unseen } from './database-scene.ts';

const command = (name: string, calls: number, usec: number, share: number) => ({
  command: name,
  calls_per_second: calls,
  usec_per_call: usec,
  share,
});
const info = (
  metrics: Readonly<Record<string, number>>,
  { policy = 'allkeys-lru' }: { policy?: string } = {},
) =>
  seen(
    'redis.info',
    {
      used_memory_bytes: 5e7,
      fragmentation_ratio: 1.1,
      hit_ratio: 0.97,
      evictions_per_second: 0,
      rejected_connections: 0,
      connected_clients: 9,
      clients_ratio: 0.01,
      keys: 5000,
      ...metrics,
    },
    {},
    { maxmemory_policy: policy },
  );
const commands = (
  rows: readonly ReturnType<typeof command>[],
  {
    errors = [],
    metrics = {},
    slices = {},
  }: {
    errors?: readonly { error: string; per_second: number }[];
    metrics?: Readonly<Record<string, number>>;
    slices?: Readonly<Record<string, readonly number[]>>;
  } = {},
): Evidence => ({
  ...seen('redis.commands', metrics, { commands: rows, errors }),
  windowMs: 3000,
  series: Object.entries(slices).map(([name, counts]) => ({
    name,
    unit: 'count',
    points: counts.map((value, index) => ({ at: index * 250, value })),
  })),
});
const keys = (
  families: readonly Readonly<Record<string, string | number>>[],
  {
    big = [],
    coverage = 1,
  }: { big?: readonly Readonly<Record<string, string | number>>[]; coverage?: number } = {},
) => seen('redis.keys', { coverage_ratio: coverage }, { families, big_keys: big });
const family = (name: string, byteShare: number, without: number, keyShare = byteShare) => ({
  family: name,
  byte_share: byteShare,
  key_share: keyShare,
  without_expiry_ratio: without,
});
const burst = [0, 0, 45, 3, 0, 0, 0, 46, 0, 0, 0, 0];
const stampede = (over: Readonly<Record<string, number>> = {}, misses = burst) =>
  commands([command('get', 900, 3, 0.9), command('set', 30, 4, 0.1)], {
    metrics: { stored_values: 94, created_keys: 2, ...over },
    slices: { misses_per_slice: misses, stored_per_slice: misses },
  });
const filling = (calls: number) =>
  seen(
    'postgres.statements',
    { calls_per_second: 30 },
    {
      statements: [
        { queryid: '1', query: 'SELECT title FROM pages WHERE id = $1', calls, share: 0.9, mean_ms: 50 },
      ],
    },
  );
const slow = (...entries: readonly (readonly [string, number])[]) =>
  seen(
    'redis.slowlog',
    { slow_commands: entries.length },
    {
      slowlog: entries.map(([text, duration_ms]) => ({
        at: 0,
        duration_ms,
        command: text,
        client: '10.0.0.5:4000',
      })),
    },
  );

const saving = (metrics: Readonly<Record<string, number>>) =>
  seen('redis.persistence', {
    loading: 0,
    snapshot_failed: 0,
    append_failed: 0,
    rewrite_failed: 0,
    latest_fork_ms: 12,
    ...metrics,
  });
const stop = (event: string, worst_ms: number) =>
  seen('redis.latency', { worst_latency_ms: worst_ms }, { events: [{ event, worst_ms, meaning: 'saving' }] });
const callers = (metrics: Readonly<Record<string, number>>, command = 'get') =>
  seen(
    'redis.clients',
    { monitor_clients: 0, output_buffer_bytes: 0, ...metrics },
    { callers: [{ caller: '10.0.0.7', connections: 1, output_bytes: 1, command }] },
  );

// name | evidence | causes in order
const TABLE: readonly (readonly [string, readonly Evidence[], readonly string[]])[] = [
  ['a healthy cache', [info({ memory_ratio: 0.6 }), slow()], []],
  [
    'evictions and misses',
    [info({ evictions_per_second: 26_000, hit_ratio: 0.12, memory_ratio: 1 })],
    ['cache.eviction_thrash'],
  ],
  ['evictions and hits', [info({ evictions_per_second: 200, memory_ratio: 1 })], ['cache.eviction_thrash']],
  ['a stray eviction', [info({ evictions_per_second: 1, memory_ratio: 1 })], []],
  [
    'misses without evictions, each filled',
    [info({ hit_ratio: 0 }), commands([command('get', 900, 3, 0.5), command('set', 900, 3, 0.5)])],
    ['cache.key_cardinality'],
  ],
  ['too few look-ups', [seen('redis.info', { used_memory_bytes: 5e7, evictions_per_second: 0 })], []],
  [
    'writes refused',
    [
      info({ memory_ratio: 1 }, { policy: 'noeviction' }),
      commands([], { errors: [{ error: 'OOM', per_second: 40 }] }),
    ],
    ['cache.full'],
  ],
  ['noeviction with room', [info({ memory_ratio: 0.5 }, { policy: 'noeviction' })], []],
  ['full, but it may evict', [info({ memory_ratio: 1 })], []],
  ['refused connections', [info({ rejected_connections: 15 })], ['cache.rejected']],
  ['refused perfbot', [unseen('redis.info', 'overloaded')], ['cache.rejected']],
  [
    'fragmented memory',
    [info({ used_memory_bytes: 4e8, fragmentation_ratio: 2.4 })],
    ['cache.memory_fragmentation'],
  ],
  ['a bad ratio of very little', [info({ used_memory_bytes: 2e6, fragmentation_ratio: 6 })], []],
  [
    'KEYS on a large key space',
    [info({}), slow(['KEYS (1 more argument)', 1156])],
    ['cache.blocking_command'],
  ],
  [
    'a large list',
    [commands([command('lrange', 5, 122_000, 0.98)]), slow(['LRANGE feed:* (2 more arguments)', 122])],
    ['cache.on_command'],
  ],
  ['a quick range', [info({}), commands([command('lrange', 500, 20, 0.98)]), slow()], []],
  ['saving as it should be', [saving({}), stop('fork', 12)], []],
  ['a stop that is not for saving', [saving({}), stop('expire-cycle', 900)], []],
  ['a long fork as an event', [saving({}), stop('fork', 400)], ['cache.persistence_stall']],
  ['a disk that is slow for the file', [saving({ delayed_fsyncs: 3 })], ['cache.persistence_stall']],
  ['a long fork just now', [saving({ latest_fork_ms: 1800, forks: 1 })], ['cache.persistence_stall']],
  ['a snapshot that failed', [saving({ snapshot_failed: 1 })], ['cache.persistence_failed']],
  ['loading', [saving({ loading: 1 })], ['cache.loading']],
  ['well-behaved clients', [callers({ output_buffer_bytes: 2e5 })], []],
  ['a client that watches', [callers({ monitor_clients: 1 }, 'monitor')], ['cache.monitor_running']],
  ['answers that pile up', [callers({ output_buffer_bytes: 9e7 })], ['cache.output_buffers']],
  ['the same key filled by many at once', [info({}), stampede()], ['cache.stampede']],
  ['so many misses that the hit ratio falls', [info({ hit_ratio: 0.6 }), stampede()], ['cache.stampede']],
  ['bursts of different keys', [info({}), stampede({ created_keys: 90 })], []],
  ['bursts that nobody stores', [info({}), stampede({ stored_values: 0 })], []],
  ['misses that come evenly', [info({}), stampede({}, Array(12).fill(40))], []],
  ['a handful of misses', [info({}), stampede({}, [0, 0, 9, 0, 0, 0])], []],
  [
    'one key of 40 MB',
    [keys([], { big: [{ family: 'feed:*', type: 'list', bytes: 4e7, elements: 9e5 }] })],
    ['cache.big_key'],
  ],
  [
    'one key of 2 kB with few elements',
    [keys([], { big: [{ family: 'feed:*', type: 'list', bytes: 2e3, elements: 12 }] })],
    [],
  ],
  [
    'a large list that is read as a whole: the command is the symptom',
    [
      keys([], { big: [{ family: 'feed:*', type: 'list', bytes: 4e7, elements: 9e5 }] }),
      commands([]),
      slow(['LRANGE feed:* (2 more arguments)', 122]),
    ],
    ['cache.on_command', 'cache.big_key'],
  ],
  [
    'nothing may be evicted, for nothing expires',
    [
      info({ memory_ratio: 0.99 }, { policy: 'volatile-lru' }),
      keys([family('session:*', 0.8, 1), family('page:*', 0.2, 0)]),
    ],
    ['cache.no_expiry'],
  ],
  [
    'the same, and writes are refused',
    [
      info({ memory_ratio: 1 }, { policy: 'volatile-lru' }),
      commands([], { errors: [{ error: 'OOM', per_second: 40 }] }),
      keys([family('session:*', 0.8, 1)]),
    ],
    ['cache.no_expiry', 'cache.full'],
  ],
  [
    'full without a policy: that is the first thing to mend',
    [
      info({ memory_ratio: 1 }, { policy: 'noeviction' }),
      commands([], { errors: [{ error: 'OOM', per_second: 40 }] }),
      keys([family('session:*', 0.8, 1)]),
    ],
    ['cache.full', 'cache.no_expiry'],
  ],
  [
    'keys that stay, with room for them',
    [info({ memory_ratio: 0.5 }), keys([family('session:*', 0.8, 1)])],
    [],
  ],
  ['full of keys that expire', [info({ memory_ratio: 0.97 }), keys([family('session:*', 0.8, 0.1)])], []],
  ['a slow simple command', [info({}), slow(['SET page:* (1 more argument)', 15])], []],
];

describe('Redis rules', () => {
  it('rules no command out by a slow log that it may not read', () => {
    const { ruledOut, undecided } = concluded([info({}), commands([command('get', 5, 10, 0.9)])]);
    expect(ruledOut.map(({ id }) => id)).not.toContain('cache.on_command');
    for (const id of ['cache.on_command', 'cache.blocking_command'])
      expect(undecided).toContainEqual({ kind: 'undecided', id, reason: 'the slow log was not read' });
  });

  it.each([
    ['KEYS (1 more argument)', 0.88],
    ['LRANGE feed:* (2 more arguments)', 0.6],
  ])('believes less in %s when the last one was minutes ago', (command, now) => {
    const causeAt = (minutesAgo: number) =>
      concluded([info({}), { ...slow([command, 500]), collectedAt: minutesAgo * 60_000 }]).causes[0];
    expect(causeAt(1)).toMatchObject({ confidence: now, against: [] });
    expect(causeAt(4)).toMatchObject({
      confidence: 0.5,
      against: [{ value: 240_000, unit: 'ms', text: expect.stringContaining('may be over') }],
    });
  });

  it.each(TABLE)('%s', (_name, evidence, expected) => {
    expect(concluded(evidence).causes.map(({ id }) => id)).toEqual(expected);
  });

  it('notices a hit ratio that fell although it is still above 80 %', () => {
    const evidence = [info({ hit_ratio: 0.85, evictions_per_second: 500, memory_ratio: 1 })];
    expect(concluded(evidence, { hit_ratio: 0.99 }).causes[0]?.confidence).toBeGreaterThan(0.9);
    expect(concluded(evidence, { hit_ratio: 0.86 }).causes[0]?.confidence).toBeLessThan(0.5);
  });

  it('doubts a long fork that was hours ago', () => {
    const fork = { latest_fork_ms: 1800, forks: 0 };
    const [then] = concluded([saving({ ...fork, snapshot_age_ms: 7_200_000 })]).causes;
    const [now] = concluded([saving({ ...fork, snapshot_age_ms: 60_000 })]).causes;
    expect(then?.confidence).toBeLessThan(0.5);
    expect(now?.confidence).toBeGreaterThan(0.75);
  });

  it('is surer of a stampede when a statement of the database runs as often as the cache misses', () => {
    const [alone] = concluded([stampede()]).causes;
    const [filled] = concluded([stampede(), filling(92)]).causes;
    const [other] = concluded([stampede(), filling(4000)]).causes;
    expect(filled?.confidence).toBeGreaterThan(alone?.confidence ?? 1);
    expect(filled?.summary).toContain('SELECT title FROM pages');
    expect(other?.confidence).toBe(alone?.confidence);
  });

  it('names the family whose keys never repeat', () => {
    const misses = info({ hit_ratio: 0.02 });
    const many = commands([command('get', 900, 3, 0.5), command('set', 900, 3, 0.5)], {
      metrics: { stored_values: 7000, created_keys: 6900 },
    });
    const [cause] = concluded([
      misses,
      many,
      keys([family('page:*', 0.7, 0, 0.1), family('search:*', 0.3, 0, 0.9)]),
    ]).causes;
    expect(cause?.id).toBe('cache.key_cardinality');
    expect(cause?.confidence).toBeCloseTo(0.88, 5);
    expect(cause?.summary).toContain('90 % of all keys are search:*');
    expect(cause?.advice[0]?.command).toBe("redis-cli --scan --count 500 --pattern 'search:*' | head -50");
  });

  it('does not call a sample proof that no key is large', () => {
    const ids = (coverage: number) =>
      concluded([keys([family('page:*', 1, 0)], { coverage })]).ruledOut.map(({ id }) => id);
    expect(ids(1)).toContain('cache.big_key');
    expect(ids(0.02)).not.toContain('cache.big_key');
  });

  it('says "not the cache" with the number', () => {
    const { ruledOut } = concluded([info({ memory_ratio: 0.6 }), slow()], { hit_ratio: 0.96 });
    expect(ruledOut).toContainEqual({ id: 'cache.eviction_thrash', reason: 'hit ratio 97 %, usual 96 %' });
    expect(ruledOut).toContainEqual({
      id: 'cache.rejected',
      reason: 'no connection refused, clients 1 % of the limit',
    });
  });
});
