import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadStage } from '../../src/core/loadtest/load-phases.ts';
import type { LoadWindow, MeasuredPart } from '../../src/core/loadtest/load-test.ts';
import { addressOf } from '../../src/loadtest/address.ts';
import { createLoadGenerator } from '../../src/loadtest/load-generator.ts';
import { freePort } from '../support/free-port.ts';

const generator = createLoadGenerator();
const servers: Server[] = [];

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function send(
  baseUrl: string,
  {
    stages = [{ durationMs: 3000, ratePerSecond: 20 }] as readonly LoadStage[],
    paths = ['/'],
    signal = new AbortController().signal,
  } = {},
) {
  const windows: LoadWindow[] = [];
  const parts: MeasuredPart[] = [];
  const result = await generator.send(
    { baseUrl, paths, stages },
    { signal, onWindow: (window) => windows.push(window), onPart: (part) => parts.push(part) },
  );
  return { result, windows, parts };
}

/** A busy machine ends a stage a little late. */
function expectAbout(asked: number, planned: number): void {
  expect(asked).toBeGreaterThanOrEqual(planned);
  expect(asked).toBeLessThan(planned * 1.1);
}

describe('the load generator', () => {
  it('sends at the rate that is asked for, evenly, over all routes', async () => {
    const arrivals: number[] = [];
    const urls = new Set<string>();
    const began = Date.now();
    const baseUrl = await serve((request, response) => {
      arrivals.push(Date.now() - began);
      urls.add(String(request.url));
      response.end('ok');
    });
    const { result, windows } = await send(`${baseUrl}/app`, { paths: ['/a?x=1', '/b'] });
    expectAbout(result.asked, 60);
    expect(arrivals.length).toBeGreaterThanOrEqual(55);
    expect(arrivals.length).toBeLessThanOrEqual(65);
    const second = arrivals.filter((at) => at >= 1000 && at < 2000);
    expect(second.length).toBeGreaterThanOrEqual(17);
    // Twenty a second are one every 50 ms, not twenty at once.
    const halves = second.filter((at) => at < 1500).length / second.length;
    expect(halves).toBeGreaterThan(0.3);
    expect(halves).toBeLessThan(0.7);
    expect([...urls].sort()).toEqual(['/app/a?x=1', '/app/b']);
    expect(result.answered).toBe(windows.reduce((sum, { answered }) => sum + answered, 0));
    expect(result.outcomes).toEqual([{ outcome: 'answered 2xx', count: result.answered }]);
  });

  it('counts what was held up by one long stall, which a closed loop would hide', async () => {
    let stalledUntil = 0;
    const baseUrl = await serve((_request, response) => {
      setTimeout(() => response.end('ok'), Math.max(0, stalledUntil - Date.now()));
    });
    setTimeout(() => {
      stalledUntil = Date.now() + 1500;
    }, 1500);
    const { result } = await send(baseUrl, { stages: [{ durationMs: 5000, ratePerSecond: 20 }] });
    // 1.5 s of 5 s: more than a fifth of all requests had to wait.
    expect(result.latency?.p50Ms).toBeLessThan(100);
    expect(result.latency?.p90Ms).toBeGreaterThan(500);
    expect(result.latency?.maxMs).toBeGreaterThan(1200);
  });

  it('climbs by stages and rests in pauses', async () => {
    const baseUrl = await serve((_request, response) => response.end('ok'));
    const stages = [
      { durationMs: 2000, ratePerSecond: 5 },
      { durationMs: 2000, ratePerSecond: 0, part: 1 },
      { durationMs: 2000, ratePerSecond: 50, part: 2 },
    ];
    const { result, parts } = await send(baseUrl, { stages });
    expectAbout(result.asked, 110);
    expect(result.answered).toBeGreaterThan(95);
    // What is told of the parts adds up to the whole, and each has its own rate.
    expect(parts.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(parts.reduce((sum, { window }) => sum + window.answered, 0)).toBe(result.answered);
    const [first, rest, last] = parts.map(({ window }) => window);
    expectAbout(first?.asked ?? 0, 10);
    // Without the rest it were ten; one may be counted on either side of its beginning, and answered late.
    expect(rest?.asked).toBeLessThanOrEqual(1);
    expect(rest?.answered).toBeLessThan(5);
    expectAbout(last?.asked ?? 0, 100);
    expect(last?.p95Ms).toBeGreaterThan(0);
  });

  it('ends at once when it is stopped', async () => {
    const baseUrl = await serve((_request, response) => response.end('ok'));
    const began = Date.now();
    const stages = [
      { durationMs: 60_000, ratePerSecond: 10 },
      { durationMs: 60_000, ratePerSecond: 10, part: 1 },
    ];
    const { result, parts } = await send(baseUrl, { stages, signal: AbortSignal.timeout(1500) });
    // The plan takes two minutes.
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(result.answered).toBeGreaterThan(5);
    expect(parts).toMatchObject([{ index: 0, window: { answered: result.answered } }]);
    expect(parts[0]?.window.durationMs).toBeLessThan(10_000);
  });

  it('tells a target that is down from one that fails, and does not hammer it', async () => {
    const down = `http://127.0.0.1:${await freePort()}`;
    expect(await generator.check({ baseUrl: down, paths: ['/'] })).toBe('nobody listens there');
    const { result } = await send(down);
    expect(result.answered).toBe(0);
    expect(result.unanswered).toBeGreaterThan(20);
    expect(result.unanswered).toBeLessThanOrEqual(70);
    expect(result.latency).toBeUndefined();
    expect(result.outcomes[0]?.outcome).toContain('ECONNREFUSED');

    const failing = await serve((_request, response) => response.writeHead(503).end());
    expect(await generator.check({ baseUrl: failing, paths: ['/'] })).toBe('it answers 503');
    const failed = await send(failing, { stages: [{ durationMs: 2000, ratePerSecond: 10 }] });
    expect(failed.result.serverErrors).toBe(failed.result.answered);
    expect(failed.result.outcomes[0]?.outcome).toBe('answered 5xx');
  });

  it('says how far behind a target is that is slower than asked', async () => {
    // One answer after the other, 20 ms each: 50 a second at most.
    let free = 0;
    const baseUrl = await serve((_request, response) => {
      free = Math.max(free, Date.now()) + 20;
      setTimeout(() => response.end('ok'), free - Date.now());
    });
    const { result } = await send(baseUrl, { stages: [{ durationMs: 4000, ratePerSecond: 150 }] });
    expectAbout(result.asked, 600);
    expect(result.answered).toBeLessThan(300);
    expect(result.latency?.p95Ms).toBeGreaterThan(500);
  });
});

describe('addresses', () => {
  it.each([
    ['http://shop:3000', '/api?x=1', 'http://shop:3000/api?x=1'],
    ['http://shop:3000/base/', 'api', 'http://shop:3000/base/api'],
    ['http://shop:3000', '//evil.example/x', 'http://shop:3000/evil.example/x'],
    ['http://shop:3000', 'http://evil.example/', 'http://shop:3000/http://evil.example/'],
  ])('%s and %s', (baseUrl, path, address) => {
    expect(addressOf(baseUrl, path)).toBe(address);
  });
});
