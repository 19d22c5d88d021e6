import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { PerfbotError } from '../../../src/core/errors.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { nodeRuntimeProbe } from '../../../src/probes/node/runtime.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import type { TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, numbers } from '../docker/collect.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { listening, nodeTarget, openNode, startProgram } from './node-container.ts';

const METRICS = [
  'event_loop_utilisation',
  'event_loop_delay_p50_ms',
  'event_loop_delay_p99_ms',
  'event_loop_delay_max_ms',
  'cpu_cores',
  'rss_bytes',
  'heap_used_bytes',
  'heap_limit_bytes',
  'heap_ratio',
  'external_bytes',
  'array_buffers_bytes',
  'heap_floor_growth_bytes',
  'heap_floor_growth_bytes_per_second',
  'gc_ratio',
  'gc_count',
  'gc_major_count',
  'gc_max_pause_ms',
  'heap_after_gc_bytes',
  'heap_after_gc_ratio',
  'heap_after_gc_growth_bytes',
  'active_resources',
  'active_requests',
  'uptime_ms',
];

const IDLE = 'require("net").createServer().listen(3000, () => console.log("up"))';
/** Holds the event loop for 400 ms in every second. */
const BLOCKING = `setInterval(function holdTheLoop() { const end = Date.now() + 400; while (Date.now() < end); }, 1000); console.log("up")`;
const LEAKING = `const kept = []; setInterval(() => { for (let i = 0; i < 2000; i++) kept.push({ id: i, text: "x".repeat(20) + i }) }, 20); console.log("up")`;
/** Asks for three names before each answer, and answers without them when they cannot be found. */
const ASKING = `const { lookup } = require('dns').promises;
const names = ['prices', 'stock', 'reviews'].map((name) => name + '.shop.example');
require('http').createServer(async (_, response) => {
  await Promise.allSettled(names.map((name) => lookup(name)));
  response.end('fine');
}).listen(3000, () => console.log('up'))`;

describeWith(['docker'], 'node.runtime', () => {
  const node = openNode();
  const probe = nodeRuntimeProbe(node);
  let idle: TestContainer;
  let blocking: TestContainer;
  let leaking: TestContainer;
  let asking: TestContainer;

  beforeAll(async () => {
    [idle, blocking, leaking, asking] = (await Promise.all([
      ...[IDLE, BLOCKING, LEAKING].map((text) => startProgram(text)),
      startProgram(ASKING, {
        ports: ['127.0.0.1::3000'],
        args: ['--dns', '192.0.2.1', '--dns-opt', 'timeout:1', '--dns-opt', 'attempts:1'],
      }),
    ])) as [TestContainer, TestContainer, TestContainer, TestContainer];
  }, 60_000);

  afterAll(async () => {
    await Promise.all([idle, blocking, leaking, asking].map((container) => container?.remove()));
    await node.close();
  });

  probeContract({
    healthy: () => ({ probe, target: nodeTarget(idle.name) }),
    unreachable: () => ({
      probe: nodeRuntimeProbe(openNode('tcp://u:hunter22@127.0.0.1:1')),
      target: nodeTarget('x'),
    }),
    metrics: METRICS,
    tables: ['resources', 'heap_spaces'],
    params: { window: '1s' },
    secrets: ['hunter22'],
  });

  it('finds an idle process idle, and closes its inspector again', async () => {
    const observation = await collect(probe, nodeTarget(idle.name), { window: '1s' });
    const seen = numbers(observation);
    expect(seen.event_loop_utilisation).toBeLessThan(0.5);
    expect(seen.heap_used_bytes).toBeGreaterThan(1e6);
    expect(seen.heap_limit_bytes).toBeGreaterThan(seen.heap_used_bytes ?? 0);
    expect(seen.uptime_ms).toBeGreaterThan(0);
    const node = (await idle.exec('node', '--version')).trim();
    expect(observation.facts).toMatchObject({ script: '/app/app.js', pid: '1', node });
    expect(observation.tables?.[0]?.rows).toContainEqual(['TCPServerWrap', 1]);
    expect(await listening(idle)).toEqual([]);
    expect(await idle.inspect('{{.State.Running}} {{.RestartCount}}')).toBe('true 0');
  });

  it('sees an event loop that is blocked for a part of each second', async () => {
    const observation = await collect(probe, nodeTarget(blocking.name), { window: '3s' });
    const seen = numbers(observation);
    expect(seen.event_loop_delay_max_ms).toBeGreaterThan(300);
    expect(seen.event_loop_utilisation).toBeGreaterThan(0.25);
    expect(seen.event_loop_utilisation).toBeLessThan(0.95);
    expect(await listening(blocking)).toEqual([]);
  });

  it('sees the floor of the heap rise where memory is kept', async () => {
    const seen = numbers(await collect(probe, nodeTarget(leaking.name), { window: '4s' }));
    expect(seen.heap_floor_growth_bytes).toBeGreaterThan(5e6);
    expect(seen.heap_floor_growth_bytes_per_second).toBeGreaterThan(1e6);
    expect(seen.gc_count).toBeGreaterThan(0);
  });

  it('dep.dns_slow: shows a process that waits for names, which then is the cause', async () => {
    const name = asking.name;
    const baseUrl = `http://127.0.0.1:${await asking.port(3000)}`;
    const target = { kind: 'http', id: `http:${name}`, service: name, zone: 'default', baseUrl } as const;
    const visits = Promise.all([1, 2, 3, 4].map(() => fetch(`${baseUrl}/orders`)));
    const evidence = await Promise.all([
      observe(httpTimingProbe(), { ...target, paths: ['/orders'] }, { requests: 2, request_timeout: 15_000 }),
      observe(probe, nodeTarget(name), { window: '1s' }),
    ]);
    await visits;
    const service = serviceNamed(name, 'node');
    const { causes } = diagnose(RULES, factsFrom(evidence, [service], service));
    expect(rowsOf(collected(evidence[1]), 'resources').map(({ kind }) => kind)).toContain(
      'GetAddrInfoReqWrap',
    );
    expect(causes[0]).toMatchObject({ id: 'dep.dns_slow', service: name });
    expect(causes[0]?.summary).toMatch(/its process waits for \d+ names at once/);
  });

  it('looks nowhere without consent', async () => {
    const refused = nodeTarget(idle.name, false);
    expect(probe.mayLookAt?.(refused, {})).toBe(false);
    expect(probe.mayLookAt?.(refused, { consent: true })).toBe(true);
    await expect(collect(probe, refused)).rejects.toMatchObject({
      reason: 'not_configured',
      mend: expect.stringContaining('inspect: true'),
    });
  });

  it('closes the inspector when nobody waits for the answer any more', async () => {
    const controller = new AbortController();
    const given = probe.collect({
      target: nodeTarget(idle.name),
      params: { window: 10_000, consent: false },
      signal: controller.signal,
      now: Date.now,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    given.catch(() => {});
    await expect.poll(() => listening(idle), { timeout: 10_000 }).toContain(9229);
    controller.abort(new PerfbotError('cancelled', 'enough'));
    await expect(given).rejects.toBeInstanceOf(PerfbotError);
    await expect.poll(() => listening(idle), { timeout: 10_000 }).toEqual([]);
  });
});
