import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { appNPlusOneRule } from '../../../src/core/diagnosis/rules/app-n-plus-one.ts';
import { depDownstreamSlowRule } from '../../../src/core/diagnosis/rules/dep-downstream-slow.ts';
import type { TargetOf } from '../../../src/core/inventory/target.ts';
import { createJaegerClient, type JaegerClient } from '../../../src/probes/jaeger/client.ts';
import { jaegerTracesProbe } from '../../../src/probes/jaeger/traces.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { seen } from '../../core/diagnosis/rules/evidence-of.ts';
import { type GivenSpan, type JaegerSetup, type JaegerStandIn, startJaeger } from '../../support/jaeger.ts';
import { collect, numbers } from '../docker/collect.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';

const AT = Date.UTC(2026, 10, 25, 3, 0) + 0.25;
const hex = (n: number) => n.toString(16).padStart(16, '0');
const traceId = (n: number) => n.toString(16).padStart(32, '0');
const LOOP = 'SELECT price FROM prices WHERE item = ?';

/** A page that asks for the price of each of 30 items; 600 ms of 900. */
function loop(id: string): readonly GivenSpan[] {
  const query = (n: number): GivenSpan => ({
    id: hex(Number.parseInt(id, 16) * 1000 + n),
    parent: hex(Number.parseInt(id, 16) * 1000),
    service: 'shop',
    name: 'pg.query:SELECT shop',
    kind: 3,
    at: AT + 10 + n * 25,
    took: 20,
    attributes: {
      'db.system': 'postgresql',
      'db.statement': `SELECT price FROM prices WHERE item = ${n} -- hunter22`,
      'net.peer.name': 'shop-db',
      'net.peer.port': 5432,
    },
  });
  return [
    {
      id: hex(Number.parseInt(id, 16) * 1000),
      service: 'shop',
      name: 'GET /cart/17',
      kind: 2,
      at: AT,
      took: 900,
    },
    ...Array.from({ length: 30 }, (_, n) => query(n + 1)),
  ];
}

/** An order that waits 1.8 s of 2 s for the payment, which fails. */
const waiting: readonly GivenSpan[] = [
  { id: hex(1), service: 'orders', name: 'POST /orders', kind: 2, at: AT, took: 2000 },
  {
    id: hex(2),
    parent: hex(1),
    service: 'orders',
    name: 'POST',
    kind: 3,
    at: AT + 100,
    took: 1800,
    attributes: { 'http.url': 'http://pay.internal/charge?card=4111111111111111' },
  },
  {
    id: hex(3),
    parent: hex(2),
    service: 'payments',
    name: 'POST /charge',
    kind: 2,
    at: AT + 110,
    took: 1780,
    error: true,
  },
];
const quick: readonly GivenSpan[] = [
  { id: hex(9), service: 'search', name: 'GET /search', kind: 2, at: AT, took: 12.5 },
];
const TRACES = {
  [traceId(1)]: loop('1'),
  [traceId(2)]: loop('2'),
  [traceId(3)]: waiting,
  [traceId(4)]: quick,
};

const target = (name: string, traceNames: readonly string[] = [name]): TargetOf<'jaeger'> => ({
  kind: 'jaeger',
  id: `jaeger:${name}`,
  service: name,
  zone: 'default',
  traceNames,
});

async function clientOf(url: string): Promise<JaegerClient> {
  const client = createJaegerClient({ url, timeoutMs: 2000 });
  onTestFinished(() => client.close());
  return client;
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://me:hunter22@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('jaeger.traces', () => {
  let jaeger: JaegerStandIn;
  let client: JaegerClient;
  let nowhere: JaegerClient;

  beforeAll(async () => {
    jaeger = await startJaeger({ traces: TRACES, api: 'v3' });
    client = createJaegerClient({ url: jaeger.url });
    nowhere = createJaegerClient({ url: 'http://me:hunter22@127.0.0.1:1' });
  });
  afterAll(async () => {
    await Promise.all([client.close(), nowhere.close(), jaeger.close()]);
  });

  probeContract({
    healthy: () => ({ probe: jaegerTracesProbe({ client }), target: target('shop') }),
    unreachable: () => ({ probe: jaegerTracesProbe({ client: nowhere }), target: target('shop') }),
    metrics: [
      'traced_requests',
      'slowest_trace_ms',
      'own_time_ratio',
      'database_time_ratio',
      'downstream_time_ratio',
      'error_trace_ratio',
      'repeated_calls',
    ],
    tables: ['slowest_traces', 'span_time', 'peers', 'repeats'],
    secrets: ['hunter22'],
  });

  it.each<JaegerSetup['api']>(['v3', 'v3-streamed', 'v3-base64', 'v1'])(
    'reads the same from %s',
    async (api) => {
      const standIn = await startJaeger({ traces: TRACES, api });
      onTestFinished(() => standIn.close());
      const probe = jaegerTracesProbe({ client: await clientOf(standIn.url) });
      const evidence = collected(await observe(probe, target('shop')));
      expect(numbers(evidence)).toEqual({
        traced_requests: 2,
        slowest_trace_ms: expect.closeTo(900, 2),
        own_time_ratio: expect.closeTo(1 / 3, 3),
        database_time_ratio: expect.closeTo(2 / 3, 3),
        downstream_time_ratio: 0,
        error_trace_ratio: 0,
        repeated_calls: 30,
      });
      expect(rowsOf(evidence, 'repeats')).toMatchObject([
        { service: 'shop', parent: 'GET /cart/:id', statement: LOOP, count: 30, requests: 2 },
      ]);
      expect(rowsOf(evidence, 'slowest_traces').map(({ trace_id }) => trace_id)).toEqual([
        traceId(1),
        traceId(2),
      ]);
      expect(rowsOf(evidence, 'span_time')[0]).toMatchObject({
        statement: LOOP,
        per_request: 30,
        requests: 2,
      });
      expect(JSON.stringify(evidence)).not.toContain('hunter22');
      expect(evidence.facts?.sampling).toBe(
        api === 'v1' ? 'probabilistic 0.1' : 'only sampled requests are traced; at which rate is not known',
      );
      const { causes } = diagnose([appNPlusOneRule], factsFrom([evidence], [serviceNamed('shop', 'node')]));
      expect(causes).toMatchObject([{ id: 'app.n_plus_one', service: 'shop', confidence: 0.88 }]);
      expect(causes[0]?.evidence[0]?.text).toContain('2 sampled requests of shop');
    },
  );

  it('names the service that another one waits for', async () => {
    const evidence = collected(await observe(jaegerTracesProbe({ client }), target('orders')));
    expect(numbers(evidence)).toMatchObject({
      downstream_time_ratio: expect.closeTo(0.9, 3),
      error_trace_ratio: 1,
    });
    const orders = serviceNamed('orders', 'node');
    const timing = seen('http.timing', 'orders', { response_time_p95_ms: 2100, ttfb_p95_ms: 2090 });
    const { causes } = diagnose([depDownstreamSlowRule], factsFrom([timing, evidence], [orders], orders));
    expect(causes).toMatchObject([{ title: 'Waits for payments', confidence: 0.85 }]);
    expect(JSON.stringify(evidence)).not.toContain('4111');
  });

  it('asks for slow traces first, then for any, and says which it got', async () => {
    const from = jaeger.asked.length;
    const observation = await collect(jaegerTracesProbe({ client }), target('search'));
    expect(observation.facts?.chosen).toBe('no sampled trace took 500 ms: the newest of any');
    const asked = jaeger.asked.slice(from).filter(({ pathname }) => pathname.endsWith('/traces'));
    expect(asked.map(({ searchParams }) => searchParams.get('query.duration_min'))).toEqual(['500ms', null]);
  });

  it('finds a service by the first of its names that Jaeger knows, and says which there are when it knows none', async () => {
    const found = await collect(jaegerTracesProbe({ client }), target('shop-api', ['shop-api', 'shop']));
    expect(found.facts?.traced_as).toBe('shop');
    const absent = await collect(jaegerTracesProbe({ client }), target('shop-api'));
    expect(absent).toMatchObject({
      metrics: [],
      gaps: [
        {
          reason: 'Jaeger knows no service shop-api; it knows shop, orders, payments, search',
          mend: expect.stringContaining('traces: NAME'),
        },
      ],
    });
  });

  it.each<[string, RequestListener, string]>([
    ['a wrong password', (_, response) => response.writeHead(401).end('no'), 'unauthorized'],
    ['a page that is no Jaeger', (_, response) => response.end('<html>'), 'invalid_response'],
    ['an unknown form', (_, response) => response.end('{"services":[1]}'), 'invalid_response'],
    [
      'a broken store',
      (_, response) => response.writeHead(500).end('{"error":{"httpCode":500,"message":"es"}}'),
      'overloaded',
    ],
    ['silence', () => {}, 'timeout'],
  ])('gives a reason for %s', async (_, listener, reason) => {
    const slow = createJaegerClient({ url: await serving(listener), timeoutMs: 300 });
    onTestFinished(() => slow.close());
    const evidence = await observe(jaegerTracesProbe({ client: slow }), target('shop'));
    expect(evidence).toMatchObject({ status: 'unavailable', reason });
    expect(JSON.stringify(evidence)).not.toContain('hunter22');
  });

  it('asks for fewer traces when they are too large for one answer', async () => {
    const limits: (string | null)[] = [];
    const url = await serving((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://jaeger');
      if (pathname === '/api/v3/services') return response.end('{"services":["shop"]}');
      limits.push(searchParams.get('query.num_traces'));
      return response.end(
        limits.length === 1 ? `"${'x'.repeat(6_000_000)}"` : '{"result":{"resourceSpans":[]}}',
      );
    });
    await observe(jaegerTracesProbe({ client: await clientOf(url) }), target('shop'), { min_duration: 0 });
    expect(limits).toEqual(['20', '3']);
  });
});
