import { readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type Evidence, metricValue } from '../../../src/core/evidence.ts';
import { redisClientsProbe } from '../../../src/probes/redis/client-list.ts';
import { createRedisClients, type RedisClients } from '../../../src/probes/redis/clients.ts';
import { redisCommandsProbe } from '../../../src/probes/redis/commands.ts';
import { redisKeysProbe } from '../../../src/probes/redis/keys.ts';
import { redisLatencyProbe } from '../../../src/probes/redis/latency.ts';
import { redisPersistenceProbe } from '../../../src/probes/redis/persistence.ts';
import { redisProbes } from '../../../src/probes/redis/registry.ts';
import { redisInfoProbe } from '../../../src/probes/redis/server-info.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import { allowDebug, redisMajor, startRedis, type TestRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, factsFrom, observe } from '../observe.ts';
import { watchReads } from '../watch-reads.ts';

const PASSWORD = 'sesame-open-93';
const target = (id: string) => ({ id, kind: 'redis', service: 'shop-cache', zone: 'default' }) as const;
const TARGET = target('redis:cache');
const RIGHTS = [
  '~*',
  '+info',
  '+latency|latest',
  '+latency|history',
  '+latency|doctor',
  '+client|list',
  '+scan',
  '+memory|usage',
  '+type',
  '+pttl',
];
const LENGTHS = ['+strlen', '+llen', '+scard', '+hlen', '+zcard', '+xlen'];

describeWith(['redis'], 'Redis, a deeper look', () => {
  let server: TestRedis;
  let admin: Redis;
  let clients: RedisClients;

  beforeAll(async () => {
    server = await startRedis([...allowDebug(), '--latency-monitor-threshold', '40']);
    admin = new Redis(server.url);
    await admin.call(
      'ACL',
      'SETUSER',
      'watcher',
      'on',
      `>${PASSWORD}`,
      ...RIGHTS,
      ...LENGTHS,
      '+object|freq',
    );
    await admin.call('ACL', 'SETUSER', 'walker', 'on', `>${PASSWORD}`, ...RIGHTS);
    await admin.call('ACL', 'SETUSER', 'counter', 'on', `>${PASSWORD}`, '+info');
    const as = (user: string) => server.url.replace('redis://', `redis://${user}:${PASSWORD}@`);
    clients = createRedisClients({
      connections: new Map([
        [TARGET.id, as('watcher')],
        ['redis:counter', as('counter')],
        ['redis:walker', as('walker')],
        ['redis:down', `redis://watcher:${PASSWORD}@127.0.0.1:${await freePort()}`],
      ]),
    });
  });
  beforeEach(async () => {
    await admin.flushall();
    await admin.call('LATENCY', 'RESET');
  });
  afterAll(async () => {
    await clients?.close();
    admin?.disconnect();
    await server?.stop();
  });

  const causesOf = (evidence: readonly Evidence[]) => diagnose(RULES, factsFrom(evidence)).causes;

  describe('redis.latency', () => {
    probeContract({
      healthy: () => ({ probe: redisLatencyProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisLatencyProbe({ clients }), target: target('redis:down') }),
      metrics: ['latency_events', 'worst_latency_ms', 'latency_ms'],
      tables: ['events'],
      secrets: [PASSWORD],
    });

    it('tells how long Redis stood still, why, and when', async () => {
      await admin.call('DEBUG', 'SLEEP', '0.12');
      const seen = collected(await observe(redisLatencyProbe({ clients }), TARGET));
      expect(metricValue(seen, 'worst_latency_ms')).toBeGreaterThanOrEqual(115);
      expect(rowsOf(seen, 'events')[0]).toMatchObject({ event: 'command', count: 1 });
      expect(seen.series?.[0]).toMatchObject({ name: 'latency_ms', label: 'command' });
    });

    it('knows a quiet server from one whose monitor is off', async () => {
      const quiet = collected(await observe(redisLatencyProbe({ clients }), TARGET));
      expect(metricValue(quiet, 'worst_latency_ms')).toBe(0);
      expect(quiet.gaps ?? []).toEqual([]);
      await admin.config('SET', 'latency-monitor-threshold', '0');
      const off = collected(await observe(redisLatencyProbe({ clients }), TARGET));
      await admin.config('SET', 'latency-monitor-threshold', '40');
      expect(off.metrics).toEqual([]);
      expect(off.gaps).toMatchObject([{ mend: 'CONFIG SET latency-monitor-threshold 100' }]);
    });
  });

  describe('redis.clients', () => {
    probeContract({
      healthy: () => ({ probe: redisClientsProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisClientsProbe({ clients }), target: target('redis:down') }),
      metrics: [
        'clients',
        'idle_clients',
        'blocked_clients',
        'monitor_clients',
        'subscribers',
        'output_buffer_bytes',
        'largest_output_buffer_bytes',
        'client_memory_bytes',
      ],
      tables: ['callers'],
      secrets: [PASSWORD],
    });

    it('counts connections by name and finds those that wait for a list', async () => {
      const workers = [0, 1, 2].map(() => new Redis(server.url, { connectionName: 'shop-worker' }));
      const waits = workers.map((worker) => worker.blpop('jobs:none', 0).catch(() => undefined));
      const look = () => observe(redisClientsProbe({ clients }), TARGET).then(collected);
      await expect
        .poll(async () => metricValue(await look(), 'blocked_clients'), { timeout: 10_000 })
        .toBe(3);
      expect(rowsOf(await look(), 'callers')[0]).toMatchObject({
        caller: 'shop-worker',
        connections: 3,
        blocked: 3,
        command: 'blpop',
      });
      for (const worker of workers) worker.disconnect();
      await Promise.all(waits);
    });

    it('cache.monitor_running: somebody watches', async () => {
      const watching = await new Redis(server.url).monitor();
      const seen = await observe(redisClientsProbe({ clients }), TARGET);
      watching.disconnect();
      const [cause] = causesOf([seen]);
      expect(cause?.id).toBe('cache.monitor_running');
      expect(cause?.summary).toMatch(/^1 client runs MONITOR \(127\.0\.0\.1\)/);
    });

    it('cache.output_buffers: a client asks and does not fetch', async () => {
      await admin.set('page:large', 'x'.repeat(8_000_000));
      const lazy = createConnection({ port: server.port, host: '127.0.0.1' });
      lazy.on('error', () => undefined);
      lazy.pause();
      lazy.write('GET page:large\r\n'.repeat(12));
      const look = () => observe(redisClientsProbe({ clients }), TARGET);
      await expect
        .poll(async () => metricValue(collected(await look()), 'output_buffer_bytes'), { timeout: 10_000 })
        .toBeGreaterThan(40e6);
      const [cause] = causesOf([
        await look(),
        await observe(redisInfoProbe({ clients }), TARGET, { window: 100 }),
      ]);
      lazy.destroy();
      expect(cause?.id).toBe('cache.output_buffers');
      expect(cause?.summary).toMatch(/127\.0\.0\.1 \(get\)/);
    });

    it('does not ask a server with too many connections to write them all out', async () => {
      const others = [0, 1, 2].map(() => new Redis(server.url));
      await Promise.all(others.map((other) => other.ping()));
      const seen = await observe(redisClientsProbe({ clients }), TARGET, { most_clients: 2 });
      for (const other of others) other.disconnect();
      expect(seen).toMatchObject({ status: 'unavailable', reason: 'unsupported' });
    });
  });

  describe('redis.persistence', () => {
    probeContract({
      healthy: () => ({ probe: redisPersistenceProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisPersistenceProbe({ clients }), target: target('redis:down') }),
      metrics: [
        'loading',
        'snapshot_running',
        'rewrite_running',
        'snapshot_failed',
        'rewrite_failed',
        'append_failed',
        'unsaved_changes',
        'snapshot_age_ms',
        'latest_fork_ms',
        'copied_on_write_bytes',
        'rss_bytes',
        'forks',
        'delayed_fsyncs',
      ],
      params: { window: 100 },
      secrets: [PASSWORD],
    });

    const snapshotDone = () =>
      expect.poll(() => admin.info('persistence'), { timeout: 10_000 }).toMatch(/rdb_bgsave_in_progress:0/);

    it('counts forks since the last look and tells how long the last one took', async () => {
      const probe = redisPersistenceProbe({ clients });
      collected(await observe(probe, TARGET, { window: 100 }));
      await admin.bgsave();
      await snapshotDone();
      const seen = collected(await observe(probe, TARGET, { window: 100 }));
      expect(metricValue(seen, 'forks')).toBe(1);
      expect(metricValue(seen, 'latest_fork_ms')).toBeGreaterThan(0);
      expect(metricValue(seen, 'snapshot_age_ms')).toBeLessThan(15_000);
      expect(causesOf([seen])).toEqual([]);
    });

    it('counts late syncs only where an append-only file is kept', async () => {
      const without = collected(await observe(redisPersistenceProbe({ clients }), TARGET, { window: 100 }));
      expect(without.facts?.append_only_file).toBe('off');
      expect(metricValue(without, 'delayed_fsyncs')).toBeUndefined();
      await admin.config('SET', 'appendonly', 'yes');
      const kept = collected(await observe(redisPersistenceProbe({ clients }), TARGET, { window: 100 }));
      await snapshotDone();
      await admin.config('SET', 'appendonly', 'no');
      expect(kept.facts?.append_only_file).toBe('on');
      expect(metricValue(kept, 'delayed_fsyncs')).toBe(0);
    });

    it('cache.loading: Redis reads its data back', async () => {
      await admin.eval("for i = 1, 10000 do redis.call('set', 'page:' .. i, string.rep('x', 2000)) end", 0);
      // Redis 6.2 answers after each 2 MB that it has loaded, and cannot be told otherwise.
      await admin.config('SET', 'rdbcompression', 'no');
      if (redisMajor() >= 7) await admin.config('SET', 'loading-process-events-interval-bytes', '1024');
      await admin.config('SET', 'key-load-delay', '300');
      const reload = admin.call('DEBUG', 'RELOAD');
      const look = () => observe(redisPersistenceProbe({ clients }), TARGET, { window: 100 });
      let seen = await look();
      await expect
        .poll(
          async () => {
            seen = await look();
            return seen.status === 'collected' && metricValue(seen, 'loading');
          },
          { timeout: 10_000, interval: 20 },
        )
        .toBe(1);
      expect(causesOf([seen])[0]?.id).toBe('cache.loading');
      await reload;
      await admin.config('SET', 'key-load-delay', '0');
    });

    it('cache.persistence_failed: the folder of the snapshot is gone, writes are refused', async () => {
      const lost = await startRedis();
      const owner = new Redis(lost.url);
      const own = createRedisClients({ connections: new Map([[TARGET.id, lost.url]]) });
      const [, directory = ''] = (await owner.config('GET', 'dir')) as string[];
      await owner.config('SET', 'save', '3600 1');
      await rm(directory, { recursive: true, force: true });
      await owner.bgsave();
      await expect
        .poll(() => owner.info('persistence'), { timeout: 10_000 })
        .toMatch(/rdb_last_bgsave_status:err/);
      const watched = watchReads(own);
      const running = observe(redisCommandsProbe(watched), TARGET, { window: 600 });
      await watched.ended(1);
      await owner.set('page:1', 'x').catch(() => undefined);
      const seen = [
        await running,
        await observe(redisPersistenceProbe({ clients: own }), TARGET, { window: 100 }),
      ];
      await own.close();
      owner.disconnect();
      await lost.stop();
      const [cause] = causesOf(seen);
      expect(cause).toMatchObject({ id: 'cache.persistence_failed', confidence: 0.95 });
    });
  });

  describe('redis.keys', () => {
    probeContract({
      healthy: () => ({ probe: redisKeysProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: redisKeysProbe({ clients }), target: target('redis:down') }),
      metrics: [
        'keys_total',
        'keys_seen',
        'coverage_ratio',
        'seen_bytes',
        'largest_key_bytes',
        'key_families',
        'without_expiry_ratio',
      ],
      tables: ['families', 'big_keys', 'hot_keys'],
      secrets: [PASSWORD],
    });

    const look = (id: string = TARGET.id, params: Readonly<Record<string, unknown>> = {}) =>
      observe(redisKeysProbe({ clients }), target(id), params);

    /** Runs in the server: a key for each number, with or without a time to live. */
    const fill = (prefix: string, count: number, bytes: number, ttl = 0) =>
      admin.eval(
        `local value = string.rep('x', ARGV[3])
        for i = 1, ARGV[2] do
          if ARGV[4] == '0' then redis.call('set', ARGV[1] .. i, value)
          else redis.call('set', ARGV[1] .. i, value, 'EX', ARGV[4]) end
        end`,
        0,
        prefix,
        count,
        bytes,
        ttl,
      );

    it('says which families take the memory, which of their keys stay, and what the largest are', async () => {
      await fill('session:', 2000, 900);
      await fill('page:', 3000, 50, 600);
      await admin.hset(
        'user:alice@example.org:cart',
        Object.fromEntries(
          Array(2000)
            .fill(0)
            .map((_, n) => [`f${n}`, 'y'.repeat(90)]),
        ),
      );
      await admin.expire('user:alice@example.org:cart', 3600);
      const seen = collected(await look());
      expect(metricValue(seen, 'coverage_ratio')).toBe(1);
      expect(metricValue(seen, 'keys_seen')).toBe(5001);
      expect(metricValue(seen, 'without_expiry_ratio')).toBeCloseTo(2000 / 5001, 5);
      const [session, page] = rowsOf(seen, 'families');
      expect(session).toMatchObject({ family: 'session:*', keys: 2000, without_expiry_ratio: 1 });
      expect(page).toMatchObject({ family: 'page:*', keys: 3000, without_expiry_ratio: 0 });
      expect(rowsOf(seen, 'big_keys')[0]).toMatchObject({
        family: 'user:*',
        type: 'hash',
        elements: 2000,
        expires: '60 min',
      });
      expect(JSON.stringify(seen)).not.toMatch(/alice|example\.org|yyyy/);
      expect(seen.gaps).toMatchObject([{ what: 'Hot keys' }]);
    });

    /** What nine of ten answers to others stay below while `work` goes on. */
    async function pinging<T>(work: () => Promise<T>) {
      const waits: number[] = [];
      let isDone = false;
      const pings = (async () => {
        while (!isDone) {
          const startedAt = performance.now();
          await admin.ping();
          waits.push(performance.now() - startedAt);
        }
      })();
      const answer = await work();
      isDone = true;
      await pings;
      return { answer, p90Ms: waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.9)] ?? 0 };
    }

    it('tells how much of a large key space it saw, and holds nobody up', async () => {
      await fill('session:', 60_000, 10);
      const idle = await pinging(() => new Promise((resolve) => setTimeout(resolve, 200)));
      const { answer, p90Ms } = await pinging(() => look(TARGET.id, { max_keys: 5000 }));
      const seen = collected(answer);
      expect(metricValue(seen, 'keys_seen')).toBeLessThan(6000);
      expect(metricValue(seen, 'coverage_ratio')).toBeCloseTo(5000 / 60_000, 1);
      expect(rowsOf(seen, 'families')[0]).toMatchObject({ family: 'session:*', byte_share: 1 });
      expect(seen.gaps?.map(({ reason }) => reason).join()).toMatch(
        /which family takes the memory, not which single key/,
      );
      expect(p90Ms).toBeLessThan(Math.max(100, 5 * idle.p90Ms));
    });

    it('leaves its own look-ups out of the hit ratio and its own commands out of the statistics', async () => {
      await fill('page:', 3000, 10);
      const [forInfo, forCommands] = [watchReads(clients), watchReads(clients)];
      const info = observe(redisInfoProbe(forInfo), TARGET, { window: 1500 });
      const commands = observe(redisCommandsProbe(forCommands), TARGET, { window: 1500 });
      await Promise.all([forInfo.ended(1), forCommands.ended(1)]);
      await look();
      expect(collected(await info).gaps?.[0]?.reason).toMatch(/^Only 0 look-ups/);
      expect(rowsOf(collected(await commands), 'commands')).toEqual([]);
    });

    it('finds the most used keys under an LFU policy, and asks for the right to', async () => {
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu');
      await fill('page:', 300, 10);
      // From Redis 7.4 on a key with a new name begins to be counted anew.
      await admin.rename('page:7', 'basket:7');
      for (let use = 0; use < 400; use += 1) await admin.get('basket:7');
      const seen = collected(await look());
      const walker = collected(await look('redis:walker'));
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      expect(rowsOf(seen, 'hot_keys')[0]?.family).toBe('basket:*');
      expect(walker.gaps?.map(({ mend }) => mend)).toEqual([
        'ACL SETUSER walker ~* +strlen +llen +scard +hlen +zcard +xlen',
        'ACL SETUSER walker ~* +object|freq',
      ]);
      for (const { mend } of walker.gaps ?? []) await admin.call('ACL', ...(mend ?? '').split(' ').slice(1));
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu');
      expect(collected(await look('redis:walker')).gaps).toBeUndefined();
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
    });

    it('tells of keys in another database, and of none at all', async () => {
      expect(metricValue(collected(await look()), 'keys_total')).toBe(0);
      const other = new Redis(server.url, { db: 3 });
      await other.set('page:1', 'x');
      const seen = collected(await look());
      other.disconnect();
      expect(metricValue(seen, 'keys_total')).toBe(0);
      expect(seen.gaps?.[0]).toMatchObject({ what: 'Keys of other databases' });
    });

    it('cache.key_cardinality: names the family whose keys never repeat', async () => {
      const [forInfo, forCommands] = [watchReads(clients), watchReads(clients)];
      const looks = Promise.all([
        observe(redisInfoProbe(forInfo), TARGET, { window: 1000 }),
        observe(redisCommandsProbe(forCommands), TARGET, { window: 1000 }),
      ]);
      await Promise.all([forInfo.ended(1), forCommands.ended(1)]);
      const visit = admin.pipeline();
      for (let n = 0; n < 2000; n += 1)
        visit.get(`search:${n}:${n * 7}`).setex(`search:${n}:${n * 7}`, 60, 'x');
      await visit.exec();
      const evidence = [...(await looks), await look()];
      const [cause] = causesOf(evidence);
      expect(cause?.id).toBe('cache.key_cardinality');
      expect(cause?.summary).toContain('100 % of all keys are search:*');
    });

    it('cache.big_key: one list of 200,000 elements', async () => {
      await fill('page:', 100, 10, 600);
      await admin.eval("for i = 1, 200000 do redis.call('rpush', 'feed:alice', i) end", 0);
      const [cause] = causesOf([await look()]);
      expect(cause?.id).toBe('cache.big_key');
      expect(cause?.summary).toMatch(/^A list of the family feed:\* takes .* in 200,000 elements/);
    });

    it('cache.no_expiry: nothing may be evicted, for nothing expires', async () => {
      const [, used] = /used_memory:(\d+)/.exec(await admin.info('memory')) ?? [];
      await admin.config('SET', 'maxmemory-policy', 'volatile-lru');
      await admin.config('SET', 'maxmemory', Number(used) + 4_000_000);
      await fill('session:', 20_000, 900).catch(() => undefined);
      const watched = watchReads(clients);
      const commands = observe(redisCommandsProbe(watched), TARGET, { window: 400 });
      const info = observe(redisInfoProbe({ clients }), TARGET, { window: 100 });
      await watched.ended(1);
      await admin.set('session:one-more', 'x'.repeat(900)).catch(() => undefined);
      const evidence = [await look(), await info, await commands];
      await admin.config('SET', 'maxmemory', '0');
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      const [first, second] = causesOf(evidence);
      expect([first?.id, second?.id]).toEqual(['cache.no_expiry', 'cache.full']);
      expect(first?.summary).toMatch(
        /^session:\* takes 100 % .* volatile-lru, which may evict only keys that expire/,
      );
    });
  });

  it('needs no more rights than the README gives', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const rules = [...readme.matchAll(/^ACL SETUSER perfbot_reader (.+)$/gm)].map(([, rule = '']) =>
      rule.split(' '),
    );
    expect(rules).toHaveLength(2);
    for (const rule of rules) await admin.call('ACL', 'SETUSER', 'perfbot_reader', ...rule);
    const url = server.url.replace('redis://', 'redis://perfbot_reader:choose-one@');
    const own = createRedisClients({ connections: new Map([[TARGET.id, url]]) });
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    await admin.lpush('feed:1', 'x');
    const quick = /info|commands|persistence/;
    const seen = await Promise.all(
      redisProbes({ clients: own }).map((probe) =>
        observe(probe, TARGET, quick.test(probe.name) ? { window: 100 } : {}),
      ),
    );
    await own.close();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    expect(
      seen.flatMap((evidence) => collected(evidence).gaps?.map(({ mend }) => mend) ?? []).join(),
    ).not.toMatch(/ACL/);
  });

  it.each([
    [
      redisLatencyProbe,
      /^ACL SETUSER counter \+info \+latency\|latest \+latency\|history \+latency\|doctor$/,
    ],
    [redisClientsProbe, /^ACL SETUSER counter \+info \+client\|list$/],
    [redisKeysProbe, /^ACL SETUSER counter ~\* \+info \+scan \+memory\|usage \+type \+pttl$/],
  ])('names the rights that are missing (%#)', async (makeProbe, mend) => {
    const seen = await observe(makeProbe({ clients }), target('redis:counter'));
    expect(seen).toMatchObject({ status: 'unavailable', reason: 'permission' });
    expect(seen.status === 'unavailable' && seen.mend).toMatch(mend);
  });
});
