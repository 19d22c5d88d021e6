import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { metricValue, type Observation } from '../../../src/core/evidence.ts';
import type { HttpTarget } from '../../../src/core/inventory/target.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';

const QUICK = { requests_per_second: 20, request_timeout: 400 };

function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function targetOf(baseUrl: string, paths: readonly string[] = ['/items']): HttpTarget {
  return {
    kind: 'http',
    id: 'http:shop',
    service: 'shop',
    zone: 'default',
    baseUrl,
    health: '/health',
    paths,
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const urlOf = (server: Server) => `http://127.0.0.1:${portOf(server)}`;

async function collect(target: HttpTarget, params: object = {}): Promise<Observation> {
  const probe = httpTimingProbe();
  return probe.collect({
    target,
    params: probe.params.parse({ ...QUICK, requests: 6, ...params }),
    signal: new AbortController().signal,
    now: Date.now,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

async function collectFrom(listener: RequestListener, params: object = {}, paths?: readonly string[]) {
  const server = await listen(listener);
  onTestFinished(() => close(server));
  return collect(targetOf(urlOf(server), paths), params);
}

const gapsOf = (observation: Observation) => observation.gaps?.map(({ what }) => what);

describe('http.timing', () => {
  let server: Server;
  beforeAll(async () => {
    server = await listen((_, response) => response.end('fine'));
  });
  afterAll(() => close(server));

  probeContract({
    healthy: () => ({ probe: httpTimingProbe(), target: targetOf(urlOf(server)) }),
    metrics: [
      'requests',
      'response_time_ms',
      'response_time_p50_ms',
      'response_time_p95_ms',
      'response_time_max_ms',
      'dns_p95_ms',
      'connect_p95_ms',
      'ttfb_p95_ms',
      'download_p95_ms',
      'error_rate',
      'availability',
      'response_bytes_mean',
      'health_ok',
      'failing_routes',
    ],
    tables: ['routes'],
    params: { ...QUICK, requests: 4 },
  });

  it('estimates p95 from 20 requests and times half of them on fresh connections', async () => {
    const ports = new Set<number | undefined>();
    const observation = await collectFrom(
      (request, response) => {
        if (request.url === '/items') ports.add(request.socket.remotePort);
        setTimeout(() => response.end('x'.repeat(100)), 20);
      },
      { requests: 20 },
    );
    expect(metricValue(observation, 'requests')).toBe(20);
    expect(metricValue(observation, 'response_time_p95_ms')).toBeGreaterThan(19);
    expect(metricValue(observation, 'ttfb_p95_ms')).toBeGreaterThan(19);
    expect(metricValue(observation, 'response_bytes_mean')).toBe(100);
    expect(metricValue(observation, 'dns_p95_ms')).toBeUndefined();
    expect(observation.series?.[0]?.points).toHaveLength(20);
    expect(ports.size).toBeGreaterThanOrEqual(10);
    expect(ports.size).toBeLessThanOrEqual(12);
    expect(gapsOf(observation)).toEqual([]);
  });

  it('calls p95 not estimable below 20 answers and reports the maximum', async () => {
    const observation = await collectFrom((_, response) => response.end());
    expect(metricValue(observation, 'response_time_p95_ms')).toBeUndefined();
    expect(metricValue(observation, 'response_time_max_ms')).toBeGreaterThan(0);
    expect(gapsOf(observation)).toEqual(['response_time_p95_ms']);
  });

  it('measures the name look-up of a host name', async () => {
    const server = await listen((_, response) => response.end());
    onTestFinished(() => close(server));
    const observation = await collect(targetOf(urlOf(server).replace('127.0.0.1', 'localhost')));
    expect(metricValue(observation, 'dns_p95_ms')).toBeGreaterThan(0);
    expect(metricValue(observation, 'availability')).toBe(1);
  });

  it('counts 5xx as errors and keeps the health answer apart', async () => {
    let count = 0;
    const observation = await collectFrom((request, response) => {
      if (request.url === '/items') response.statusCode = count++ % 2 === 0 ? 500 : 200;
      response.end();
    });
    expect(metricValue(observation, 'error_rate')).toBe(0.5);
    expect(metricValue(observation, 'health_ok')).toBe(1);
    expect(observation.facts?.statuses).toBe('3 × 500, 3 × 200');
  });

  it('says that a client error is not the route that was meant', async () => {
    const observation = await collectFrom((_, response) => response.writeHead(404).end());
    expect(metricValue(observation, 'error_rate')).toBe(0);
    expect(metricValue(observation, 'health_ok')).toBe(0);
    expect(gapsOf(observation)).toContain('response time of /items');
  });

  it('counts a server that hangs as errors that took at least the time limit', async () => {
    const observation = await collectFrom(() => {}, { requests: 2 });
    expect(metricValue(observation, 'error_rate')).toBe(1);
    expect(metricValue(observation, 'response_time_max_ms')).toBeGreaterThanOrEqual(395);
    expect(observation.facts?.failure_code).toBe('TIMEOUT');
  });

  it('counts a body that never ends as an error', async () => {
    const observation = await collectFrom((_, response) => response.write('half'), { requests: 1 });
    expect(metricValue(observation, 'error_rate')).toBe(1);
    expect(metricValue(observation, 'download_p95_ms')).toBeUndefined();
  });

  it('stops in time when answers are slow, and says how many requests are missing', async () => {
    const observation = await collectFrom((_, response) => setTimeout(() => response.end(), 150), {
      requests: 40,
      budget: 500,
    });
    expect(metricValue(observation, 'requests')).toBeLessThan(6);
    expect(gapsOf(observation)?.some((what) => / of 41 requests$/.test(what))).toBe(true);
  });

  it('reports a refused connection as availability 0 with the reason', async () => {
    const gone = await listen(() => {});
    const url = urlOf(gone);
    await close(gone);
    const observation = await collect(targetOf(url));
    expect(metricValue(observation, 'availability')).toBe(0);
    expect(metricValue(observation, 'error_rate')).toBe(1);
    expect(metricValue(observation, 'health_ok')).toBe(0);
    expect(metricValue(observation, 'response_time_max_ms')).toBeUndefined();
    expect(observation.facts?.failure).toBe('connection refused');
  });

  it('reports a name that does not resolve as availability 0 with the reason', async () => {
    const observation = await collect(targetOf('http://no-such-host.invalid'));
    expect(metricValue(observation, 'availability')).toBe(0);
    expect(observation.facts?.failure_code).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('does not follow redirects', async () => {
    let visited = 0;
    const other = await listen((_, response) => {
      visited += 1;
      response.end();
    });
    onTestFinished(() => close(other));
    const observation = await collectFrom((_, response) =>
      response.writeHead(302, { location: `${urlOf(other)}/login?token=abc` }).end(),
    );
    expect(visited).toBe(0);
    const gap = observation.gaps?.find(({ what }) => what === 'response time of /items');
    expect(gap?.reason).toContain('another origin');
    expect(gap?.reason).not.toContain('abc');
  });

  describe('causes', () => {
    const shop = { ...serviceNamed('shop', 'node'), kpis: { response_time_p95: 20 } };
    const causesOf = (observation: Observation) => {
      const source = {
        probe: 'http.timing',
        target: 'http:shop',
        targetKind: 'http',
        service: 'shop',
      } as const;
      const evidence = {
        ...source,
        ...observation,
        status: 'collected',
        collectedAt: 0,
        durationMs: 1,
      } as const;
      return diagnose(RULES, factsFrom([evidence], [shop], shop)).causes.map(({ id }) => id);
    };

    it('app.error_responses: every other answer is an error', async () => {
      let count = 0;
      const half: RequestListener = (_, response) => response.writeHead(count++ % 2 ? 500 : 200).end();
      expect(causesOf(await collectFrom(half))[0]).toBe('app.error_responses');
    });

    it('app.slow_response: it waits for something that nobody looked at', async () => {
      const slow: RequestListener = (_, response) => setTimeout(() => response.end(), 60);
      expect(causesOf(await collectFrom(slow))).toEqual(['app.slow_response']);
    });

    it('app.unreachable: nobody listens', async () => {
      expect(causesOf(await collect(targetOf('http://127.0.0.1:1')))).toEqual(['app.unreachable']);
    });
  });

  it('net.bandwidth: tells a narrow line from a slow service', async () => {
    const body = randomBytes(25_000);
    const service = await listen((_, response) => response.end(body));
    onTestFinished(() => close(service));
    const line = await startTcpProxy({ port: portOf(service), bytesPerSecond: 125_000 });
    onTestFinished(() => line.close());
    const causesAt = async (port: number) => {
      const target = targetOf(`http://127.0.0.1:${port}`);
      const seen = await observe(httpTimingProbe(), target, {
        requests: 20,
        requests_per_second: 20,
      });
      expect(metricValue(collected(seen), 'response_bytes_mean')).toBe(body.length);
      const shop = { ...serviceNamed('shop', 'node'), kpis: { response_time_p95: 150 } };
      return diagnose(RULES, factsFrom([seen], [shop], shop)).causes;
    };
    const [cause] = await causesAt(line.port);
    expect(cause).toMatchObject({ id: 'net.bandwidth', confidence: 0.8 });
    expect((await causesAt(portOf(service))).map(({ id }) => id)).not.toContain('net.bandwidth');
  });

  it('reads at most 5 MB of a body', async () => {
    const chunk = randomBytes(1024 * 1024);
    let sent = 0;
    const observation = await collectFrom(
      (_, response) => {
        const more = (): void => {
          if (response.destroyed) return;
          sent += chunk.length;
          if (response.write(chunk)) setImmediate(more);
          else response.once('drain', more);
        };
        more();
      },
      { requests: 1, request_timeout: 5000 },
    );
    expect(metricValue(observation, 'response_bytes_mean')).toBeLessThan(6 * 1024 * 1024);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    expect(gapsOf(observation)).toContain('full download of /items');
  });

  it('survives a server that closes kept-alive connections', async () => {
    const server = await listen((_, response) => response.end('ok'));
    server.keepAliveTimeout = 1;
    onTestFinished(() => close(server));
    const observation = await collect(targetOf(urlOf(server)), { requests: 20 });
    expect(metricValue(observation, 'error_rate')).toBe(0);
  });

  it('times the health route, and says so, where there is no other', async () => {
    const observation = await collectFrom((_, response) => response.end(), {}, []);
    expect(metricValue(observation, 'requests')).toBe(6);
    expect(gapsOf(observation)).toContain('response time of real routes');
  });

  it.each(['//evil.example/x', 'http://evil.example/', '@evil.example/', '\\\\evil.example/'])(
    'refuses the path %s',
    async (path) => {
      await expect(collect(targetOf('http://127.0.0.1:9', [path]))).rejects.toMatchObject({
        reason: 'invalid_input',
      });
    },
  );
});
