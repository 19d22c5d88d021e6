import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERAL, type RunningWorkspace, startWorkspace } from './support/start-workspace.ts';

let running: RunningWorkspace;
let pageDirectory: string;
let alerts: Record<string, unknown>[];

beforeEach(async () => {
  pageDirectory = mkdtempSync(join(tmpdir(), 'perfbot-page-'));
  alerts = [];
  running = await startWorkspace({
    pageDirectory,
    hosts: ['perfbot.example'],
    sendAlert: async (body) => void alerts.push(body as Record<string, unknown>),
  });
});
afterEach(async () => {
  await running.close();
  rmSync(pageDirectory, { recursive: true });
});

/** `fetch` forbids to set Host and Origin. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(`${running.base}${path}`, { method, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;

describe('the page', () => {
  it('says how to build it, then is served with a policy that lets nothing in from elsewhere', async () => {
    const missing = await ask('/');
    expect([missing.status, missing.text]).toEqual([503, expect.stringContaining('npm run build')]);
    mkdirSync(join(pageDirectory, 'assets'));
    writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html><title>perfbot</title>');
    writeFileSync(join(pageDirectory, 'assets', 'index-1.js'), 'export {};');
    const page = await ask('/');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain("script-src 'unsafe");
    const script = await ask('/local/assets/index-1.js');
    expect(script).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    });
  });

  it.each([
    '/local/assets/missing.js',
    '/local/assets/..%2findex.html',
    '/local/../package.json',
    '/elsewhere',
    '//x',
  ])('has nothing at %s', async (path) => expect(await status(path)).toBe(404));
});

describe('who may ask', () => {
  const body = JSON.stringify({ channel: GENERAL, text: 'Hello' });
  const own = { 'x-perfbot-page': '1', 'content-type': 'application/json' };
  const post = (headers: Record<string, string>) => status('/local/messages', headers, body);

  it('the own page, by the loopback names and the configured one', async () => {
    expect(await post({ ...own, origin: running.base })).toBe(200);
    expect(await post({ ...own, host: 'localhost:3000', origin: 'http://localhost:3000' })).toBe(200);
    expect(await post({ ...own, host: 'perfbot.example', origin: 'https://perfbot.example' })).toBe(200);
    expect((await running.state()).messages).toHaveLength(3);
  });

  it.each([
    ['without the header', { 'content-type': 'application/json' }],
    ['from another origin', { ...own, origin: 'http://evil.example' }],
    ['from an opaque origin', { ...own, origin: 'null' }],
    ['by another name for this address', { ...own, host: 'evil.example', origin: 'http://evil.example' }],
    ['across sites', { ...own, 'sec-fetch-site': 'cross-site' }],
  ])('nobody %s', async (_name, headers) => {
    expect(await post(headers)).toBe(403);
    expect((await running.state()).messages).toEqual([]);
  });

  it('nobody reads under a foreign name, or from another site', async () => {
    for (const path of ['/', '/local/state', '/local/events', '/local/files/F1/x']) {
      expect(await status(path, { host: 'evil.example:3000' })).toBe(403);
    }
    expect(await status('/local/state', { 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  it('nobody gives orders to misbehave without the header', async () => {
    const order = JSON.stringify({ method: 'chat.postMessage', kind: 'rate_limited' });
    expect(await status('/local/misbehave', {}, order)).toBe(403);
    await running.slack.chat.postMessage({ channel: GENERAL, text: 'x' });
  });
});

describe('requests of the page', () => {
  it('are refused when malformed, too long, or unknown', async () => {
    expect(await running.post('messages', { text: 1 })).toMatchObject({ ok: false });
    expect(await running.post('actions', { blockId: 'b', actionId: 'a' })).toMatchObject({
      error: expect.stringContaining('exactly one of'),
    });
    expect(await running.post('messages', { channel: 'C1', text: 'x' })).toEqual({
      ok: false,
      error: 'channel_not_found',
    });
    expect(await status('/local/fly', { 'x-perfbot-page': '1' }, '{}')).toBe(404);
    const long = JSON.stringify({ text: 'x'.repeat(5_000_000) });
    expect(await status('/local/messages', { 'x-perfbot-page': '1' }, long)).toBe(413);
  });

  it('escape what people write', async () => {
    await running.post('messages', { channel: GENERAL, text: '<!channel> & @teammate' });
    expect((await running.state()).messages[0]?.text).toBe('&lt;!channel&gt; &amp; <@U0TEAMMATE>');
  });

  it('hear of every change', async () => {
    const stream = await fetch(`${running.base}/local/events`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const { ts = '' } = await running.slack.chat.postMessage({ channel: GENERAL, text: 'One' });
    await running.slack.chat.postMessage({ channel: GENERAL, text: 'Reply', thread_ts: ts });
    await running.slack.chat.postEphemeral({ channel: GENERAL, user: 'U0YOU00001', text: 'Psst' });
    const seen: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of stream.body ?? []) {
      const events = decoder.decode(chunk).matchAll(/^data: (.*)$/gm);
      seen.push(...[...events].map(([, data]) => (JSON.parse(data ?? '') as { type: string }).type));
      if (seen.length >= 4) break;
    }
    expect(seen).toEqual(['message', 'message', 'message_changed', 'ephemeral']);
  });
});

describe('sample alerts', () => {
  const send = async (status: 'firing' | 'resolved', more: Record<string, unknown> = {}) => {
    expect(await running.post('sample-alert', { kind: 'cpu', status, ...more })).toEqual({ ok: true });
    const body = alerts.at(-1) as { alerts: [Record<string, unknown>] };
    return body.alerts[0];
  };

  it('are bodies of Alertmanager: the end belongs to its beginning, a new firing begins anew', async () => {
    const firing = await send('firing');
    const resolved = await send('resolved');
    const { fingerprint, startsAt } = firing;
    expect(alerts[0]).toMatchObject({
      version: '4',
      status: 'firing',
      groupKey: '{}:{alertname="HighCPUUsage"}',
    });
    expect(firing).toMatchObject({ labels: { alertname: 'HighCPUUsage' }, endsAt: '0001-01-01T00:00:00Z' });
    expect(resolved).toMatchObject({ status: 'resolved', fingerprint, startsAt });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const again = await send('firing');
    expect(again).toMatchObject({ fingerprint });
    expect(again.startsAt).not.toBe(startsAt);
  });

  it('name a service only when one is given', async () => {
    const host = await send('firing');
    const service = await send('firing', { service: 'shop-api' });
    expect(Object.keys(host.labels as object)).toEqual(['alertname', 'severity', 'origin']);
    expect(service.labels).toMatchObject({ service: 'shop-api' });
    expect(service.fingerprint).not.toBe(host.fingerprint);
  });
});
