import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type Evidence, metricValue } from '../../../src/core/evidence.ts';
import { findChanges, watchedFacts } from '../../../src/core/monitor/target-change.ts';
import { createRedisClients, type RedisClients } from '../../../src/probes/redis/clients.ts';
import { redisCommandsProbe } from '../../../src/probes/redis/commands.ts';
import { redisProbes } from '../../../src/probes/redis/registry.ts';
import { redisInfoProbe } from '../../../src/probes/redis/server-info.ts';
import { redisSlowlogProbe } from '../../../src/probes/redis/slowlog.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import { redisMajor, startRedis, type TestRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, factsFrom, observe } from '../observe.ts';
import { watchReads } from '../watch-reads.ts';

const PASSWORD = 'sesame-open-92';
const target = (id: string) => ({ id, kind: 'redis', service: 'shop-cache', zone: 'default' }) as const;
const TARGET = target('redis:cache');

describeWith(['redis'], 'Redis', () => {
  let server: TestRedis;
  let admin: Redis;
  let clients: RedisClients;

  beforeAll(async () => {
    server = await startRedis(['--maxclients', '40', '--slowlog-log-slower-than', '10000']);
    admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'watcher', 'on', `>${PASSWORD}`, '+info', '+slowlog|get');
    await admin.call('ACL', 'SETUSER', 'nobody', 'on', `>${PASSWORD}`, '+ping');
    const as = (user: string, password = PASSWORD) =>
      server.url.replace('redis://', `redis://${user}:${password}@`);
    clients = createRedisClients({
      connections: new Map([
        [TARGET.id, as('watcher')],
        ['redis:nobody', as('nobody')],
        ['redis:wrong', as('watcher', `${PASSWORD}-not`)],
        ['redis:down', `redis://watcher:${PASSWORD}@127.0.0.1:${await freePort()}`],
        ['redis:tls', as('watcher').replace('redis://', 'rediss://')],
        ['redis:broken', `http://watcher:${PASSWORD}@host`],
      ]),
    });
  });
  beforeEach(async () => {
    await admin.flushall();
    await admin.slowlog('RESET');
  });
  afterEach(async () => {
    await admin.config('SET', 'maxmemory', '0');
  });
  afterAll(async () => {
    await clients?.close();
    admin?.disconnect();
    await server?.stop();
  });

  async function during(work: () => Promise<unknown>): Promise<readonly Evidence[]> {
    const [forInfo, forCommands] = [watchReads(clients), watchReads(clients)];
    const info = observe(redisInfoProbe(forInfo), TARGET, { window: 800 });
    const commands = observe(redisCommandsProbe(forCommands), TARGET, { window: 800 });
    await Promise.all([forInfo.ended(1), forCommands.ended(1)]);
    await work();
    return [await info, await observe(redisSlowlogProbe({ clients }), TARGET), await commands];
  }

  function conclude(evidence: readonly Evidence[]): Diagnosis {
    return diagnose(RULES, factsFrom(evidence));
  }

  const metric = (evidence: readonly Evidence[], name: string) =>
    metricValue(collected(evidence[0]), name) ?? metricValue(collected(evidence[1]), name);

  async function fill(count: number, bytes: number, prefix = 'page'): Promise<void> {
    const pipeline = admin.pipeline();
    for (let index = 0; index < count; index += 1) pipeline.set(`${prefix}:${index}`, 'x'.repeat(bytes));
    await pipeline.exec();
  }

  async function ask(keys: readonly string[]): Promise<void> {
    const pipeline = admin.pipeline();
    for (const key of keys) pipeline.get(key);
    await pipeline.exec();
  }

  const numbered = (count: number, prefix = 'page') =>
    Array.from({ length: count }, (_, index) => `${prefix}:${index}`);

  describe('redis.info', () => {
    probeContract({
      healthy: () => ({ probe: redisInfoProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisInfoProbe({ clients }), target: target('redis:down') }),
      metrics: [
        'used_memory_bytes',
        'maxmemory_bytes',
        'memory_ratio',
        'fragmentation_ratio',
        'connected_clients',
        'clients_ratio',
        'blocked_clients',
        'ops_per_second',
        'hit_ratio',
        'evictions_per_second',
        'expired_per_second',
        'rejected_connections',
        'latest_fork_ms',
        'keys',
        'keys_that_expire',
        'allocator_fragmentation_bytes',
        'rss_bytes',
        'peak_memory_bytes',
        'main_thread_cores',
      ],
      tables: ['keyspace'],
      params: { window: 200 },
      secrets: [PASSWORD],
    });

    it('measures the hit ratio of the window, not of the lifetime', async () => {
      await fill(2000, 10);
      await ask(numbered(2000));
      const evidence = await during(() => ask([...numbered(1000), ...numbered(3000, 'absent')]));
      expect(metric(evidence, 'hit_ratio')).toBeCloseTo(0.25, 5);
      expect(metric(evidence, 'keys')).toBe(2000);
      expect(collected(evidence[0]).facts).toMatchObject({ role: 'master', maxmemory_policy: 'noeviction' });
    });

    it('tells when the server was set otherwise, and when it was restarted', async () => {
      const own = await startRedis();
      const owner = new Redis(own.url);
      owner.on('error', () => undefined);
      const watching = createRedisClients({ connections: new Map([[TARGET.id, own.url]]) });
      const look = async () => {
        const seen = collected(await observe(redisInfoProbe({ clients: watching }), TARGET, { window: 100 }));
        return watchedFacts(seen) ?? {};
      };
      const seen = { target: TARGET.id, service: 'shop-cache', at: Date.now() + 60_000 };
      const first = await look();
      await owner.config('SET', 'maxmemory', String(64 * 1024 * 1024));
      await owner.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const second = await look();
      expect(findChanges(first, second, seen).map(({ what }) => what)).toEqual([
        'reconfigured (maxmemory no limit to 64MB, maxmemory-policy noeviction to allkeys-lru)',
      ]);
      await own.restart();
      await expect
        .poll(
          async () => findChanges(second, await look().catch(() => second), seen).map(({ what }) => what),
          {
            timeout: 5_000,
          },
        )
        .toEqual(['restarted (maxmemory 64MB to no limit, maxmemory-policy allkeys-lru to noeviction)']);
      owner.disconnect();
      await watching.close();
      await own.stop();
    });

    it('gives no hit ratio for a handful of look-ups, and no memory ratio without a limit', async () => {
      const evidence = await during(() => ask(['a', 'b']));
      expect(metric(evidence, 'hit_ratio')).toBeUndefined();
      expect(metric(evidence, 'memory_ratio')).toBeUndefined();
      expect(collected(evidence[0]).gaps?.[0]?.what).toBe('Cache hit ratio');
    });
  });

  describe('redis.commands', () => {
    probeContract({
      healthy: () => ({ probe: redisCommandsProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisCommandsProbe({ clients }), target: target('redis:down') }),
      metrics: [
        'calls_per_second',
        'failed_per_second',
        'refused_per_second',
        'errors_per_second',
        'command_time_ratio',
        'stored_values',
        'created_keys',
        'misses_per_slice',
        'hits_per_slice',
        'stored_per_slice',
        'expired_per_slice',
      ],
      tables: ['commands', 'errors'],
      params: { window: 200, slice: 50 },
      secrets: [PASSWORD],
    });

    it('tells which commands ran, how long each took and which failed, in the window alone', async () => {
      await fill(50, 10, 'list');
      const [, , seen] = await during(async () => {
        await ask(numbered(400));
        await admin.lpush('list:1', 'x').catch(() => undefined);
        await admin.call('NOSUCHCOMMAND').catch(() => undefined);
      });
      const commands = rowsOf(collected(seen), 'commands');
      expect(commands.map((row) => row.command).sort()).toEqual(['get', 'lpush']);
      const get = commands.find((row) => row.command === 'get');
      expect(Number(get?.calls_per_second)).toBeGreaterThan(100);
      expect(Number(get?.p99_usec)).toBeGreaterThanOrEqual(Number(get?.p50_usec));
      if (redisMajor() >= 7) expect(Number(get?.p50_usec)).toBeGreaterThan(0);
      else expect(get?.p50_usec).toBeNull();
      expect(Number(commands.find((row) => row.command === 'lpush')?.failed_per_second)).toBeGreaterThan(0);
      expect(
        rowsOf(collected(seen), 'errors')
          .map((row) => row.error)
          .sort(),
      ).toEqual(['ERR', 'WRONGTYPE']);
      const misses = collected(seen).series?.find(({ name }) => name === 'misses_per_slice')?.points ?? [];
      expect(misses.reduce((sum, { value }) => sum + value, 0)).toBe(400);
    });

    it('says so where the server keeps no percentiles', async () => {
      const track = (whether: string) =>
        redisMajor() >= 7 ? admin.config('SET', 'latency-tracking', whether) : undefined;
      await track('no');
      const seen = collected(await observe(redisCommandsProbe({ clients }), TARGET, { window: 100 }));
      await track('yes');
      expect(seen.gaps?.map(({ mend }) => mend)).toEqual([
        redisMajor() >= 7 ? 'CONFIG SET latency-tracking yes' : undefined,
      ]);
    });
  });

  describe('redis.slowlog', () => {
    probeContract({
      healthy: () => ({ probe: redisSlowlogProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisSlowlogProbe({ clients }), target: target('redis:down') }),
      metrics: ['slow_commands', 'slowest_ms'],
      tables: ['slowlog'],
      secrets: [PASSWORD],
    });

    it('leaves out entries from before the window', async () => {
      await admin.call('DEBUG', 'SLEEP', '0.02').catch(() => undefined);
      await admin.eval(
        "local t = redis.call('time')[1]; for i = 1, 300000 do redis.sha1hex(i) end return t",
        0,
      );
      await new Promise((resolve) => setTimeout(resolve, 2100));
      const seen = collected(await observe(redisSlowlogProbe({ clients }), TARGET, { window: '1s' }));
      expect(metricValue(seen, 'slow_commands')).toBe(0);
      const wide = collected(await observe(redisSlowlogProbe({ clients }), TARGET));
      expect(rowsOf(wide, 'slowlog').at(0)?.command).toMatch(/^EVAL \(2 more arguments\)$/);
    });
  });

  describe('faults', () => {
    it('names nothing on a healthy cache and says why not', async () => {
      await fill(500, 10);
      const evidence = await during(() => ask([...numbered(500), ...numbered(500), ...numbered(500)]));
      const { causes, ruledOut } = conclude(evidence);
      expect(causes).toEqual([]);
      expect(ruledOut).toContainEqual({ id: 'cache.eviction_thrash', reason: 'hit ratio 100 %' });
    });

    it('cache.eviction_thrash: a full cache that throws away what is asked for', async () => {
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await admin.config('SET', 'maxmemory', '3mb');
      const evidence = await during(async () => {
        await fill(3000, 2000);
        await ask(numbered(2500));
      });
      expect(metric(evidence, 'evictions_per_second')).toBeGreaterThan(100);
      expect(conclude(evidence).causes[0]?.id).toBe('cache.eviction_thrash');
    });

    it('cache.key_cardinality: every look-up asks for a new key, nothing is evicted', async () => {
      const evidence = await during(async () => {
        await ask(numbered(2000, 'search'));
        await fill(2000, 10, 'search');
      });
      expect(conclude(evidence).causes[0]?.id).toBe('cache.key_cardinality');
    });

    it('cache.full: noeviction and no memory left', async () => {
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      await admin.config('SET', 'maxmemory', '3mb');
      const evidence = await during(() => fill(3000, 2000));
      expect(rowsOf(collected(evidence[2]), 'errors')[0]?.error).toBe('OOM');
      expect(conclude(evidence).causes[0]?.id).toBe('cache.full');
    });

    it('cache.on_command: a whole list is read, and its values stay out of the report', async () => {
      const values = Array.from({ length: 400_000 }, (_, index) => `secret-value-${index}`);
      for (let from = 0; from < values.length; from += 50_000)
        await admin.rpush('feed:alice', ...values.slice(from, from + 50_000));
      await admin.slowlog('RESET');
      const evidence = await during(async () => {
        for (let call = 0; call < 3; call += 1) await admin.lrange('feed:alice', 0, -1);
      });
      const { causes } = conclude(evidence);
      expect(causes[0]?.id).toBe('cache.on_command');
      expect(JSON.stringify([evidence, causes])).not.toMatch(/alice|secret-value/);
      expect(rowsOf(collected(evidence[1]), 'slowlog')[0]?.command).toBe('LRANGE feed:* (2 more arguments)');
    });

    it('cache.blocking_command: KEYS over a large key space', async () => {
      await admin.call('DEBUG', 'JMAP').catch(() => undefined);
      await admin.eval("for i = 1, 300000 do redis.call('set', 'session:' .. i, 1) end", 0);
      await admin.slowlog('RESET');
      const evidence = await during(() => admin.keys('*no-such-thing*'));
      const { causes } = conclude(evidence);
      expect(causes[0]?.id).toBe('cache.blocking_command');
      expect(causes[0]?.summary).toMatch(/^KEYS \(1 more argument\) took/);
    });

    it('cache.rejected: maxclients reached; the open connection still counts, a newcomer says so', async () => {
      const others: Redis[] = [];
      const evidence = await during(async () => {
        for (let index = 0; index < 45; index += 1) {
          const other = new Redis(server.url, {
            retryStrategy: () => null,
            lazyConnect: true,
            enableReadyCheck: false,
          });
          other.on('error', () => undefined);
          others.push(other);
          await other.connect().catch(() => undefined);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
      const newcomer = createRedisClients({ connections: new Map([[TARGET.id, server.url]]) });
      const [probe] = redisProbes({ clients: newcomer });
      const refused = await Promise.all(probe ? [observe(probe, TARGET)] : []);
      await newcomer.close();
      for (const other of others) other.disconnect();
      expect(metric(evidence, 'rejected_connections')).toBeGreaterThan(0);
      expect(conclude(evidence).causes[0]?.id).toBe('cache.rejected');
      expect(refused).toMatchObject([{ status: 'unavailable', reason: 'overloaded' }]);
      expect(conclude(refused).causes[0]?.id).toBe('cache.rejected');
    });
  });

  describe('when it cannot look', () => {
    it.each([
      ['redis:nobody', 'permission', /^ACL SETUSER nobody \+info \+slowlog\|get$/],
      ['redis:wrong', 'unauthorized', /password/],
      ['redis:down', 'unreachable', /host and port/],
      ['redis:tls', 'timeout', /rediss:\/\//],
      ['redis:broken', 'not_configured', /redis:\/\//],
      ['redis:unknown', 'not_configured', /services.yaml/],
    ])('%s is %s and says how to mend it', async (id, reason, mend) => {
      const startedAt = Date.now();
      const seen = await observe(redisInfoProbe({ clients }), target(id), { window: 200 });
      // Its own limits are 2 s; a busy machine needs longer to notice, but no deadline of a probe (20 s) ended it.
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      expect(seen).toMatchObject({ status: 'unavailable', reason });
      expect(seen.status === 'unavailable' && seen.mend).toMatch(mend);
      expect(JSON.stringify(seen)).not.toContain(PASSWORD);
    });

    it('connects again after its connection was ended', async () => {
      const probe = redisSlowlogProbe({ clients });
      collected(await observe(probe, TARGET));
      await admin.call('CLIENT', 'KILL', 'USER', 'watcher');
      await new Promise((resolve) => setTimeout(resolve, 50));
      collected(await observe(probe, TARGET));
    });
  });
});
