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
  {
    policy = 'allkeys-lru',
    commands = [command('get', 900, 3, 0.9)],
  }: { policy?: string; commands?: readonly ReturnType<typeof command>[] } = {},
  errors: readonly { error: string; per_second: number }[] = [],
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
    { commands, errors },
    { maxmemory_policy: policy },
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
    [info({ hit_ratio: 0 }, { commands: [command('get', 900, 3, 0.5), command('set', 900, 3, 0.5)] })],
    ['cache.key_cardinality'],
  ],
  ['too few look-ups', [seen('redis.info', { used_memory_bytes: 5e7, evictions_per_second: 0 })], []],
  [
    'writes refused',
    [info({ memory_ratio: 1 }, { policy: 'noeviction' }, [{ error: 'OOM', per_second: 40 }])],
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
  ['KEYS on a large key space', [info({}), slow(['KEYS (1 more)', 1156])], ['cache.blocking_command']],
  [
    'a large list',
    [info({}, { commands: [command('lrange', 5, 122_000, 0.98)] }), slow(['LRANGE feed:* (2 more)', 122])],
    ['cache.on_command'],
  ],
  ['a quick range', [info({}, { commands: [command('lrange', 500, 20, 0.98)] }), slow()], []],
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
  ['a slow simple command', [info({}), slow(['SET page:* (1 more)', 15])], []],
];

describe('Redis rules', () => {
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

  it('says "not the cache" with the number', () => {
    const { ruledOut } = concluded([info({ memory_ratio: 0.6 }), slow()], { hit_ratio: 0.96 });
    expect(ruledOut).toContainEqual({ id: 'cache.eviction_thrash', reason: 'hit ratio 97 %, usual 96 %' });
    expect(ruledOut).toContainEqual({
      id: 'cache.rejected',
      reason: 'no connection refused, clients 1 % of the limit',
    });
  });
});
