import { SocketModeClient } from '@slack/socket-mode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { GENERAL, quiet, type RunningWorkspace, SECRETS, startWorkspace } from './support/start-workspace.ts';

interface Envelope {
  readonly ack: (answer?: Record<string, unknown>) => Promise<void>;
  readonly body: { readonly command?: string; readonly text?: string; readonly type?: string };
}

let running: RunningWorkspace;
let clients: SocketModeClient[];

beforeEach(async () => {
  clients = [];
  running = await startWorkspace();
});
afterEach(async () => {
  for (const client of clients) await client.disconnect();
  await running.close();
});

async function connect(onEnvelope: (envelope: Envelope) => void): Promise<SocketModeClient> {
  const client = new SocketModeClient({
    appToken: SECRETS.appToken,
    clientOptions: { slackApiUrl: running.apiUrl },
    autoReconnectEnabled: false,
    logger: quiet,
  });
  client.on('slash_commands', onEnvelope);
  client.on('interactive', onEnvelope);
  await client.start();
  clients.push(client);
  return client;
}
const say = (text: string) => running.post('messages', { channel: GENERAL, text });

describe('Socket Mode', () => {
  it('delivers a command in an envelope and shows the answer of its acknowledgement', async () => {
    const seen: unknown[] = [];
    await connect(({ ack, body }) => {
      seen.push(body);
      void ack({ text: 'Answered' });
    });
    expect(await say('/perf status')).toEqual({ ok: true });
    expect(seen).toMatchObject([{ command: '/perf', text: 'status', user_id: 'U0YOU00001' }]);
    expect((await running.state()).ephemerals.map(({ text }) => text)).toEqual(['Answered']);
  });

  it('gives each delivery to one of the connections', async () => {
    const counts = [0, 0];
    for (const index of [0, 1]) {
      await connect(({ ack }) => {
        counts[index] = (counts[index] ?? 0) + 1;
        void ack();
      });
    }
    for (let round = 0; round < 4; round += 1) await say('/perf status');
    expect(counts).toEqual([2, 2]);
  });

  it('times out without an acknowledgement, and fails over to HTTP only without a socket', async () => {
    const client = await connect(() => {});
    expect((await say('/perf status')).error).toContain('operation_timeout');
    await client.disconnect();
    clients = [];
    await expect.poll(async () => (await say('/perf status')).error).toContain('dispatch_failed');
  });

  it('lets nobody in without a fresh ticket', async () => {
    const status = (url: string) =>
      new Promise<number | undefined>((resolve) => {
        const socket = new WebSocket(url);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
        socket.on('error', () => {});
      });
    const base = running.base.replace('http', 'ws');
    expect(await status(`${base}/local/socket`)).toBe(401);
    expect(await status(`${base}/elsewhere`)).toBe(404);
    const { url = '' } = await running.client(SECRETS.appToken).apps.connections.open({});
    expect([await status(url), await status(url)]).toEqual([101, 401]);
  });
});
