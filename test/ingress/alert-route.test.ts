import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PerfbotError } from '../../src/core/errors.ts';
import { LOG, openServer, postAlert, sendRaw } from './open-server.ts';

const TOKEN = 'a-token-for-senders';
const SECRET = 'hmac-secret';
const BODY = '{"title":"slow"}';
const sign = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

beforeEach(() => {
  vi.clearAllMocks();
});

describe('taking alerts in', () => {
  it('answers 202 only when the alerts are stored', async () => {
    let store = () => {};
    const stored = new Promise<void>((resolve) => {
      store = resolve;
    });
    const server = await openServer({ accept: () => stored.then(() => ({ accepted: 1, duplicates: 2 })) });
    const answer = postAlert(server);
    expect(await Promise.race([answer, wait(100, 'still open')])).toBe('still open');
    store();
    const response = await answer;
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ accepted: 1, duplicates: 2 });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['application/json', 'text/plain; charset=UTF-8', 'application/cloudevents+json', ''])(
    'does not care about the content type "%s"',
    async (type) => {
      const server = await openServer();
      expect((await postAlert(server, { headers: { 'Content-Type': type } })).status).toBe(202);
      expect(server.accepted).toHaveLength(1);
    },
  );

  it('takes invalid UTF-8, PUT, and the path that Prometheus adds', async () => {
    const server = await openServer();
    const body = Buffer.from('[{"labels":{"alertname":"a\xff"}}]', 'latin1');
    expect(
      (await postAlert(server, { path: 'alerts/alertmanager/api/v2/alerts', body, method: 'PUT' })).status,
    ).toBe(202);
    expect(server.accepted[0]?.alerts[0]?.labels.alertname).toBe('a\uFFFD');
  });

  it('needs no store for a delivery without alerts', async () => {
    const server = await openServer({ accept: () => Promise.reject(new Error('not asked')) });
    const response = await postAlert(server, { path: 'alerts/alertmanager', body: '{"alerts":[]}' });
    expect(await response.json()).toEqual({ accepted: 0, duplicates: 0 });
  });

  it('tells what is wrong with a bad body', async () => {
    const server = await openServer();
    const response = await postAlert(server, { path: 'alerts/alertmanager', body: '{"alerts":[1]}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: expect.any(String),
      problems: [{ path: 'alerts.0', message: 'must be an object' }],
    });
  });

  it.each([
    [new PerfbotError('unreachable', 'no database'), 503, '5'],
    [new PerfbotError('overloaded', 'too much'), 503, '5'],
    [new Error('bug'), 500, null],
  ])('answers %s with %i', async (error, status, retryAfter) => {
    const server = await openServer({ accept: () => Promise.reject(error) });
    const response = await postAlert(server);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await response.text()).not.toMatch(/bug|database/);
  });

  it('answers 503 when storing takes too long', async () => {
    const server = await openServer({ accept: () => new Promise(() => {}), acceptTimeoutMs: 50 });
    expect((await postAlert(server)).status).toBe(503);
  });

  it('answers 503 above the number of deliveries at once, and takes the next one after', async () => {
    const waiting: (() => void)[] = [];
    const server = await openServer({
      maxInFlight: 2,
      accept: () => new Promise((resolve) => waiting.push(() => resolve({ accepted: 1, duplicates: 0 }))),
    });
    const first = [postAlert(server), postAlert(server)];
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    const refused = await postAlert(server);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    for (const go of waiting) go();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([202, 202]);
    const next = postAlert(server);
    await vi.waitFor(() => expect(waiting).toHaveLength(3));
    waiting[2]?.();
    expect((await next).status).toBe(202);
  });

  it.each([
    ['GET', 'alerts/generic', 405],
    ['DELETE', 'alerts/grafana', 405],
    ['POST', 'alerts/pagerduty', 404],
    ['POST', 'alerts/', 404],
    ['POST', 'alerts/__proto__', 404],
    ['POST', 'alerts/constructor', 404],
  ])('answers %s /%s with %i in JSON', async (method, path, status) => {
    const server = await openServer();
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(method === 'POST' && { body: BODY }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) });
  });

  it('refuses compressed bodies, and pages of other sites where no credential is asked for', async () => {
    const server = await openServer();
    expect((await postAlert(server, { headers: { 'Content-Encoding': 'gzip' } })).status).toBe(415);
    const raw = `POST /alerts/generic HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
    expect(await sendRaw(server.port, raw)).toMatch(/^HTTP\/1.1 403 /);
    expect(server.accepted).toEqual([]);
  });
});

describe('credentials', () => {
  const now = Date.UTC(2026, 4, 4);
  const stamp = String(now / 1000);

  it.each([
    ['a bearer token', { Authorization: `Bearer ${TOKEN}` }, '', 202],
    ['a bearer token in small letters', { Authorization: `bearer ${TOKEN}` }, '', 202],
    ['basic auth', { Authorization: basic(`anybody:${TOKEN}`) }, '', 202],
    ['the query', {}, `?token=${TOKEN}`, 202],
    ['a signature', { 'X-Grafana-Alerting-Signature': sign(BODY) }, '', 202],
    [
      'a signature and a wrong token',
      { 'X-Grafana-Alerting-Signature': sign(BODY), Authorization: 'Bearer x' },
      '',
      202,
    ],
    [
      'a signature over a timestamp',
      { 'X-Grafana-Alerting-Signature': sign(`${stamp}:${BODY}`), 'X-Grafana-Timestamp': stamp },
      '',
      202,
    ],
    ['nothing', {}, '', 401],
    ['a wrong token', { Authorization: 'Bearer wrong' }, '', 401],
    ['an empty token', { Authorization: 'Bearer ' }, '?token=', 401],
    ['the token as the name of basic auth', { Authorization: basic(`${TOKEN}:`) }, '', 401],
    ['another scheme', { Authorization: `Digest ${TOKEN}` }, '', 401],
    ['the signature of another body', { 'X-Grafana-Alerting-Signature': sign('{}') }, '', 401],
    [
      'a signature over an old timestamp',
      { 'X-Grafana-Alerting-Signature': sign(`1700000000:${BODY}`), 'X-Grafana-Timestamp': '1700000000' },
      '',
      401,
    ],
  ])('with %s', async (_, headers, query, status) => {
    const server = await openServer({ credentials: { token: TOKEN, hmacSecret: SECRET }, now: () => now });
    const response = await postAlert(server, { path: `alerts/generic${query}`, body: BODY, headers });
    expect(response.status).toBe(status);
    expect(server.accepted).toHaveLength(status === 202 ? 1 : 0);
  });

  it('asks for the token when only that is set, before it reads the body', async () => {
    const server = await openServer({ credentials: { token: TOKEN, hmacSecret: undefined } });
    expect((await postAlert(server)).status).toBe(401);
    expect((await postAlert(server, { headers: { Authorization: `Bearer ${TOKEN}` } })).status).toBe(202);
  });

  it('shows neither bodies nor credentials in the log', async () => {
    const server = await openServer({
      credentials: { token: TOKEN, hmacSecret: SECRET },
      accept: () => Promise.reject(new Error('x')),
    });
    await postAlert(server, { path: `alerts/generic?token=${TOKEN}`, body: '{"title":"private words"}' });
    await postAlert(server, { path: `alerts/generic?token=${TOKEN}`, body: '"private words"' });
    await postAlert(server, { path: 'alerts/generic?token=wrong-token' });
    expect(LOG.error).toHaveBeenCalled();
    const logged = JSON.stringify(Object.values(LOG).flatMap(({ mock }) => mock.calls));
    expect(logged).not.toMatch(/a-token|wrong-token|private/);
  });
});

describe('the size of bodies', () => {
  const MIB = 1_048_576;
  const body = (size: number) => `{"title":"${'x'.repeat(size - 12)}"}`;

  it.each([
    [MIB, 202],
    [MIB + 1, 413],
    [5 * MIB, 413],
  ])('%i bytes: %i', async (size, status) => {
    expect((await postAlert(await openServer(), { body: body(size) })).status).toBe(status);
  });

  it('counts bytes that come in chunks, without a length', async () => {
    const server = await openServer();
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head =
      'POST /alerts/generic HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(server.port, `${head}${chunk.repeat(17)}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('ends a body that claims to be longer than it is', async () => {
    const server = await openServer({ headersTimeoutMs: 200 });
    const head = `POST /alerts/generic HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n${BODY}`;
    expect(await sendRaw(server.port, head, { hold: true })).toMatch(/^(HTTP\/1.1 408 |$)/);
    expect(server.accepted).toEqual([]);
    expect((await postAlert(server)).status).toBe(202);
  });
});
