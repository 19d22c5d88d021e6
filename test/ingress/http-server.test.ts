import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PerfbotError } from '../../src/core/errors.ts';
import { createMetrics } from '../../src/ingress/metrics.ts';
import { LOG, openServer, postAlert, sendRaw } from './open-server.ts';

beforeEach(() => {
  vi.clearAllMocks();
});

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

describe('requests of any kind', () => {
  it.each([
    ['a normal path', get('/healthz'), 200],
    ['an absolute target', get('http://evil.example/healthz'), 200],
    ['an absolute target without a path', get('http://evil.example'), 404],
    ['several slashes', get('//healthz'), 200],
    ['only slashes', get('//'), 404],
    ['a broken percent sign', get('/%zz'), 400],
    ['half a character', get('/%e0%a4'), 400],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a path that climbs', get('/alerts/../healthz'), 404],
    ['an unknown method', 'BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [
      'a body where none belongs',
      'POST /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab',
      405,
    ],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03]), 400],
    [
      'a length that is no number',
      'POST /alerts/generic HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n',
      400,
    ],
    [
      'two lengths',
      'POST /alerts/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
    ],
    ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a WebSocket that nobody takes',
      'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      404,
    ],
  ])('answers %s', async (_, bytes, status) => {
    const server = await openServer();
    expect(await sendRaw(server.port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await fetch(`${server.url}healthz`)).status).toBe(200);
    expect(LOG.error).not.toHaveBeenCalled();
  });

  it('closes a connection that never finishes its headers', async () => {
    const server = await openServer({ headersTimeoutMs: 150 });
    expect(await sendRaw(server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n', { hold: true })).toMatch(
      /^HTTP\/1.1 408 /,
    );
  });

  it('keeps a connection for the next request', async () => {
    const server = await openServer();
    const twice = `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n${get('/healthz')}`;
    expect((await sendRaw(server.port, twice, { hold: true })).match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  });
});

describe('delegation', () => {
  it('gives Slack and everything else to whom it belongs, with a target of the usual form', async () => {
    const server = await openServer({
      slack: (request, response) => response.end(`slack ${request.url}`),
      fallback: (request, response) => response.end(`workspace ${request.url}`),
    });
    const text = async (path: string) => (await fetch(`${server.url}${path}`, { method: 'POST' })).text();
    expect(await text('slack/events')).toBe('slack /slack/events');
    expect(await text('api/x?y=1')).toBe('workspace /api/x?y=1');
    expect(await sendRaw(server.port, get('http://evil.example/page?a=1'))).toContain('workspace /page?a=1');
  });

  it('answers 404 without them, and 500 when they fail', async () => {
    expect((await fetch((await openServer()).url)).status).toBe(404);
    const server = await openServer({
      slack: () => {
        throw new Error('bug');
      },
      fallback: () => Promise.reject(new Error('bug')),
    });
    expect((await fetch(`${server.url}slack/events`, { method: 'POST' })).status).toBe(500);
    const response = await fetch(server.url);
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: expect.not.stringContaining('bug') },
    ]);
  });

  it('hands WebSockets over and closes them at the end', async () => {
    const server = await openServer({
      closeTimeoutMs: 50,
      upgrade: (_, socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    });
    const answer = sendRaw(
      server.port,
      'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      { hold: true },
    );
    await wait(50);
    await server.close();
    expect(await answer).toMatch(/^HTTP\/1.1 101 /);
  });
});

describe('/readyz', () => {
  it('has a line for each dependency', async () => {
    const ok = async () => undefined;
    const server = await openServer({
      checks: [
        { name: 'database', check: ok },
        { name: 'slack', check: async () => 'local workspace' },
      ],
    });
    const response = await fetch(`${server.url}readyz`);
    expect([response.status, await response.text()]).toEqual([200, 'database ok\nslack local workspace\n']);
  });

  it('fails with the reasons, without the words of foreign errors', async () => {
    const server = await openServer({
      checkTimeoutMs: 50,
      checks: [
        {
          name: 'database',
          check: () => Promise.reject(Object.assign(new Error('secret host'), { code: 'ECONNREFUSED' })),
        },
        { name: 'queue', check: () => new Promise(() => {}) },
        {
          name: 'slack',
          check: () =>
            Promise.reject(
              new PerfbotError('unauthorized', 'x', { userMessage: 'Slack refuses\nthe token.' }),
            ),
        },
        {
          name: 'other',
          check: () => {
            throw new Error('sync');
          },
        },
      ],
    });
    const response = await fetch(`${server.url}readyz`);
    expect([response.status, await response.text()]).toEqual([
      503,
      'database failed: ECONNREFUSED\nqueue failed: no answer within 50 ms\nslack failed: Slack refuses the token.\nother failed: internal error\n',
    ]);
  });
});

describe('/metrics', () => {
  it('counts what happened under names that begin with perfbot_', async () => {
    const metrics = createMetrics();
    metrics.watchQueues(async () => ({ runs: 3 }));
    metrics.alertDropped('silenced');
    metrics.runEnded('memory', 'finished', 1500);
    metrics.probeEnded('redis.info', 'collected', 20);
    metrics.messageSent('post');
    metrics.messageFailed('rate_limited');
    const server = await openServer({
      metrics: metrics.render,
      received: metrics.alertsReceived,
      ended: metrics.requestEnded,
    });
    await postAlert(server);
    await fetch(`${server.url}some/odd/path?token=hidden`);
    const text = await (await fetch(`${server.url}metrics`)).text();
    expect(text).toContain('perfbot_alerts_received_total{sender="generic",duplicate="false"} 1');
    expect(text).toContain(
      'perfbot_http_request_duration_seconds_count{route="alerts",method="POST",status="202"} 1',
    );
    expect(text).toContain(
      'perfbot_http_request_duration_seconds_count{route="other",method="GET",status="404"} 1',
    );
    expect(text).toContain('perfbot_alerts_dropped_total{reason="silenced"} 1');
    expect(text).toContain('perfbot_run_duration_seconds_sum{playbook="memory",state="finished"} 1.5');
    expect(text).toContain('perfbot_queue_jobs{queue="runs"} 3');
    expect(text).not.toMatch(/hidden|odd/);
    const names = text.split('\n').flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !name.startsWith('perfbot_'))).toEqual([]);
    metrics.close();
  });

  it('leaves the queues out while they cannot be asked', async () => {
    const metrics = createMetrics();
    metrics.watchQueues(() => Promise.reject(new Error('down')));
    expect((await metrics.render()).body).not.toContain('perfbot_queue_jobs{');
    metrics.close();
  });
});

describe('closing', () => {
  it('lets a delivery in progress end and takes no new connection', async () => {
    let store = () => {};
    const server = await openServer({
      closeTimeoutMs: 5_000,
      accept: () =>
        new Promise((resolve) => {
          store = () => resolve({ accepted: 1, duplicates: 0 });
        }),
    });
    const started = vi.fn();
    const answer = postAlert(server).finally(started);
    await wait(100);
    const closed = server.close();
    await expect(fetch(`${server.url}healthz`)).rejects.toThrow();
    expect(started).not.toHaveBeenCalled();
    store();
    expect((await answer).status).toBe(202);
    await closed;
  });

  it('does not wait for idle connections, and not for ever for busy ones', async () => {
    const server = await openServer({ closeTimeoutMs: 100, accept: () => new Promise(() => {}) });
    const idle = connect(server.port, '127.0.0.1');
    const kept = await fetch(`${server.url}healthz`);
    await kept.text();
    const busy = postAlert(server).catch(() => 'cut off');
    await wait(50);
    const startedAt = performance.now();
    await server.close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await busy).toBe('cut off');
    idle.destroy();
  });

  it('says which port is in use and how to mend it', async () => {
    const { port } = await openServer();
    await expect(openServer({ port })).rejects.toMatchObject({
      reason: 'unreachable',
      userMessage: `Cannot listen on 127.0.0.1:${port}: it is in use.`,
      mend: expect.stringContaining('PORT'),
    });
  });
});
