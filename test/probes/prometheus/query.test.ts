import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { metricValue, type Observation } from '../../../src/core/evidence.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { createPrometheusClient, type PrometheusClient } from '../../../src/probes/prometheus/client.ts';
import { prometheusQueryProbe } from '../../../src/probes/prometheus/query.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startPrometheus, type TestServer } from '../../support/prometheus.ts';
import { describeWith } from '../../support/requirements.ts';

const BUCKETS = [0.1, 0.5, 1, 2, 5];

/** A service that says it answers 10 requests a second in `seconds`, every fifth with a 500. */
async function startApp(seconds: number | undefined): Promise<Server> {
  const registry = new Registry();
  const labels = { labelNames: ['code', 'route'] as const, registers: [registry] };
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'time',
    buckets: BUCKETS,
    ...labels,
  });
  const requests = new Counter({ name: 'http_requests_total', help: 'requests', ...labels });
  let count = 0;
  const timer = setInterval(() => {
    const of = { code: seconds !== undefined && count++ % 5 === 0 ? '500' : '200', route: '/items' };
    requests.inc(of, seconds === undefined ? 0 : 1);
    if (seconds !== undefined) duration.observe(of, seconds);
  }, 100);
  const server = createServer(async (_, response) => response.end(await registry.metrics()));
  server.on('close', () => clearInterval(timer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A process of its own that tells what prom-client tells by default, and blocks its loop for 300 ms again and again. */
function startNode(): Promise<{ readonly hostPort: string; readonly child: ChildProcess }> {
  const script = `
    import { createServer } from 'node:http';
    import client from 'prom-client';
    client.collectDefaultMetrics();
    setInterval(() => { const end = Date.now() + 300; while (Date.now() < end); }, 400);
    setInterval(() => globalThis.kept = Array.from({ length: 200000 }, (_, i) => ({ i })), 50);
    const server = createServer(async (_, response) => response.end(await client.register.metrics()));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    child.stdout.once('data', (port) => resolve({ hostPort: `127.0.0.1:${String(port).trim()}`, child }));
  });
}

/** What cAdvisor tells of a container with half a core that uses a quarter of it, and 80 of 100 MB. */
async function startCadvisor(): Promise<Server> {
  const registry = new Registry();
  const more = { help: 'x', labelNames: ['id', 'name', 'cpu'] as const, registers: [registry] };
  const of = { id: '/docker/1', name: 'boxed' };
  const used = new Counter({ name: 'container_cpu_usage_seconds_total', ...more });
  const numbers = {
    container_spec_cpu_quota: 50_000,
    container_spec_cpu_period: 100_000,
    container_memory_working_set_bytes: 80e6,
    container_spec_memory_limit_bytes: 100e6,
  };
  for (const [name, value] of Object.entries(numbers)) new Gauge({ name, ...more }).set(of, value);
  const startedAt = Date.now();
  let told = 0;
  const server = createServer(async (_, response) => {
    const now = (Date.now() - startedAt) / 1000;
    for (const cpu of ['cpu00', 'cpu01']) used.inc({ ...of, cpu }, (now - told) / 16);
    told = now;
    response.end(await registry.metrics());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const hostPortOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const targetOf = (service: string) =>
  ({ kind: 'prometheus', id: `prometheus:${service}`, service, zone: 'default' }) as const;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const PARAMS = { range: '1m', rate_window: '4s' };
const SETTLING = { timeout: 15_000, interval: 300 };

describeWith(['prometheus'], 'prometheus.query', () => {
  let apps: readonly Server[] = [];
  let node: Awaited<ReturnType<typeof startNode>>;
  let prometheus: TestServer;
  let client: PrometheusClient;
  let dead: PrometheusClient;

  async function collect(service: string, params: object = {}, known?: Service): Promise<Observation> {
    const probe = prometheusQueryProbe({ client, serviceNamed: async () => known });
    return probe.collect({
      target: targetOf(service),
      params: probe.params.parse({ ...PARAMS, ...params }),
      signal: new AbortController().signal,
      now: Date.now,
      log,
    });
  }

  beforeAll(async () => {
    apps = await Promise.all([startApp(1.5), startApp(60), startApp(undefined), startCadvisor()]);
    const [shop, slow, idle, cadvisor] = apps.map(hostPortOf);
    node = await startNode();
    prometheus = await startPrometheus({
      scrapes: [
        { job: 'shop-api', targets: [shop ?? ''] },
        { job: 'slow', targets: [slow ?? ''] },
        { job: 'idle', targets: [idle ?? ''] },
        { job: 'cadvisor', targets: [cadvisor ?? ''] },
        { job: 'blocked', targets: [node.hostPort] },
        { job: 'gone', targets: ['127.0.0.1:1'] },
      ],
    });
    client = createPrometheusClient({ url: `http://user:hunter2@127.0.0.1:${prometheus.port}` });
    dead = createPrometheusClient({ url: 'http://user:hunter2@127.0.0.1:1' });
    await vi.waitUntil(
      async () => (metricValue(await collect('shop-api'), 'throughput_per_minute') ?? 0) > 500,
      { timeout: 20_000, interval: 200 },
    );
  });
  afterAll(async () => {
    await Promise.all([client?.close(), dead?.close(), prometheus?.close()]);
    for (const app of apps) app.close();
    node?.child.kill();
  });

  probeContract({
    healthy: () => ({ probe: prometheusQueryProbe({ client }), target: targetOf('shop-api') }),
    unreachable: () => ({ probe: prometheusQueryProbe({ client: dead }), target: targetOf('shop-api') }),
    metrics: ['response_time_p95_ms', 'throughput_per_minute', 'error_rate', 'availability_1d'],
    params: PARAMS,
    secrets: ['hunter2'],
  });

  it('measures response time, throughput and errors over all routes and codes of the service', async () => {
    // Rates settle once their window is full of scrapes.
    const observation = await vi.waitFor(async () => {
      const settled = await collect('shop-api');
      expect(metricValue(settled, 'throughput_per_minute')).toBeGreaterThan(400);
      expect(metricValue(settled, 'throughput_per_minute')).toBeLessThan(700);
      expect(settled.series?.[1]?.points.length).toBeGreaterThan(2);
      return settled;
    }, SETTLING);
    expect(metricValue(observation, 'response_time_p95_ms')).toBeCloseTo(1950, -1);
    expect(metricValue(observation, 'error_rate')).toBeGreaterThan(0.1);
    expect(metricValue(observation, 'error_rate')).toBeLessThan(0.3);
    expect(metricValue(observation, 'availability_1d')).toBeGreaterThan(0.7);
    expect(metricValue(observation, 'availability_1d')).toBeLessThan(0.9);
    expect(observation.series?.map(({ name }) => name)).toEqual([
      'response_time_p95_ms',
      'throughput_per_minute',
      'error_rate',
    ]);
    expect(observation.gaps).toEqual([]);
  });

  it('measures event loop, collections, heap and open files of a Node process', async () => {
    await vi.waitFor(async () => {
      const seen = await collect('blocked');
      const value = (name: string) => metricValue(seen, name) ?? Number.NaN;
      expect(value('event_loop_lag_p99_ms')).toBeGreaterThan(200);
      expect(value('event_loop_lag_p50_ms')).toBeLessThanOrEqual(value('event_loop_lag_p99_ms'));
      expect(value('gc_ratio')).toBeGreaterThan(0);
      expect(value('gc_ratio')).toBeLessThan(1);
      expect(value('heap_floor_ratio')).toBeGreaterThan(0);
      expect(value('heap_floor_ratio')).toBeLessThan(1);
      expect(value('open_files_ratio')).toBeGreaterThan(0);
      expect(value('open_files_ratio')).toBeLessThan(0.5);
      expect(value('cpu_cores')).toBeGreaterThan(0.1);
    }, SETTLING);
  });

  it('measures a container against its quota and its memory limit', async () => {
    await vi.waitFor(async () => {
      const seen = await collect('boxed');
      expect(metricValue(seen, 'cpu_ratio')).toBeCloseTo(0.25, 1);
      expect(metricValue(seen, 'memory_ratio')).toBeCloseTo(0.8);
    }, SETTLING);
  });

  it('says "at least" when the quantile is in the last bucket', async () => {
    const observation = await collect('slow');
    expect(metricValue(observation, 'response_time_p95_ms')).toBe(5000);
    expect(observation.facts?.response_time_p95).toContain('at least 5 s');
  });

  it('calls no traffic a gap, not a good response time', async () => {
    const observation = await collect('idle');
    expect(metricValue(observation, 'throughput_per_minute')).toBe(0);
    expect(metricValue(observation, 'error_rate')).toBeUndefined();
    expect(metricValue(observation, 'response_time_p95_ms')).toBeUndefined();
    expect(observation.gaps?.map(({ what }) => what)).toEqual([
      'response_time_p95_ms',
      'error_rate',
      'availability_1d',
    ]);
  });

  it('finds a service by the address that its inventory entry has', async () => {
    const known = { aliases: [hostPortOf(apps[0] as Server)], targets: [] } as unknown as Service;
    const observation = await collect('backend', {}, known);
    expect(metricValue(observation, 'throughput_per_minute')).toBeGreaterThan(400);
  });

  it('has gaps, and no zeros, for a service that Prometheus does not know or cannot scrape', async () => {
    expect(await collect('nobody')).toMatchObject({
      metrics: [],
      gaps: [{ what: 'requests of nobody in Prometheus' }],
    });
    const gone = await collect('gone');
    expect(gone.gaps?.[0]).toMatchObject({ what: 'metrics of 127.0.0.1:1' });
  });

  it('asks what a playbook names, with the service as a quoted label value', async () => {
    const observation = await collect('shop-api', {
      metrics: [
        { name: 'up', unit: 'count', query: 'up{job={{job}}}' },
        { name: 'scrapes', unit: 'count', query: 'up{job=~".+"}' },
        { name: 'nothing', unit: 'count', query: 'no_such_metric{job="{{service}}"}' },
        { name: 'odd', unit: 'count', query: 'up{job={{planet}}}' },
      ],
    });
    expect(observation.metrics).toEqual([{ name: 'up', value: 1, unit: 'count' }]);
    expect(observation.gaps?.map(({ what }) => what)).toEqual(['odd', 'scrapes', 'nothing']);
    expect(observation.series?.filter(({ name }) => name === 'scrapes')).toHaveLength(6);
  });

  it('tells the slowest routes with traffic, and only what is wanted', async () => {
    const observation = await collect('shop-api', { only: ['error_rate'], routes: 5 });
    expect(observation.metrics.map(({ name }) => name)).toEqual(['error_rate']);
    const [table] = observation.tables ?? [];
    expect(table?.rows).toEqual([['/items', expect.closeTo(1950, -1)]]);
    for (const silent of ['idle', 'nobody'])
      expect((await collect(silent, { routes: 5 })).tables).toBeUndefined();
  });

  it('asks for names and labels once in a while, and for the values each time', async () => {
    let names = 0;
    let at = Date.now();
    const counting: PrometheusClient = {
      ...client,
      metricNames: (signal) => {
        names += 1;
        return client.metricNames(signal);
      },
    };
    const probe = prometheusQueryProbe({ client: counting });
    const params = probe.params.parse({ ...PARAMS, remember: '10m' });
    const look = () =>
      probe.collect({
        target: targetOf('shop-api'),
        params,
        signal: new AbortController().signal,
        now: () => at,
        log,
      });
    const [first, second] = [await look(), await look()];
    expect(names).toBe(1);
    expect(second.metrics.map(({ name }) => name)).toEqual(first.metrics.map(({ name }) => name));
    at += 10 * 60_000;
    await look().catch(() => undefined);
    expect(names).toBe(2);
  });

  it('passes on what Prometheus says of a wrong query', async () => {
    const metrics = [{ name: 'up', unit: 'count', query: 'sum(' }];
    await expect(collect('shop-api', { metrics })).rejects.toMatchObject({
      reason: 'invalid_input',
      userMessage: expect.stringContaining('parse error'),
    });
  });
});
