import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { renderReply } from '../../src/slack/answers/render-refusal.ts';
import { createSlackApp, type SlackApp } from '../../src/slack/receiver/create-slack-app.ts';
import { silentLog } from '../support/silent-log.ts';
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts';
import { recordingHandlers } from './support/recording-handlers.ts';
import { actionPayload, commandForm } from './support/signed-request.ts';

/** A busy machine takes its time. */
const BUSY = { timeout: 10_000 };

let slack: FakeSlack;
let app: SlackApp;
let http: Server;
let sockets: WebSocketServer;
let socket: WebSocket | undefined;
let acks: Record<string, unknown>[];
let recorded: ReturnType<typeof recordingHandlers>;

beforeEach(async () => {
  slack = await startFakeSlack();
  acks = [];
  http = createServer();
  sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (connection) => {
    socket = connection;
    connection.on('message', (text) => acks.push(JSON.parse(String(text))));
    connection.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  slack.answers('auth.test', { ok: true, user_id: 'UBOT', bot_id: 'BBOT', team_id: 'T1' });
  slack.answers('apps.connections.open', { ok: true, url: `ws://127.0.0.1:${port}/link` });
  recorded = recordingHandlers();
  app = createSlackApp({
    botToken: 'xoxb-test',
    appToken: 'xapp-test',
    signingSecret: 'also set',
    apiUrl: slack.apiUrl,
    handlers: recorded.handlers,
    log: silentLog,
    now: Date.now,
    answerWithinMs: 150,
  });
  await app.start();
});
afterEach(async () => {
  await app.close({ drainMs: 500 });
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  await new Promise((resolve) => http.close(resolve));
  await slack.close();
});

function send(id: string, type: string, payload: unknown): void {
  socket?.send(JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: true }));
}
const command = (fields: Record<string, string> = {}) =>
  Object.fromEntries(new URLSearchParams(commandForm({ response_url: `${slack.base}/respond`, ...fields })));

describe('Socket Mode', () => {
  it('uses each token where it belongs', () => {
    expect(app.mode).toBe('socket');
    expect(slack.calls('auth.test')[0]?.headers.authorization).toBe('Bearer xoxb-test');
    expect(slack.calls('apps.connections.open')[0]?.headers.authorization).toBe('Bearer xapp-test');
  });

  it('answers a command in the envelope, and the same command once', async () => {
    recorded.answer.command = async () => ({ kind: 'ephemeral', message: renderReply('Hello') });
    send('e1', 'slash_commands', command());
    send('e2', 'slash_commands', command());
    await vi.waitFor(() => expect(acks).toHaveLength(2), BUSY);
    expect(acks.find(({ envelope_id }) => envelope_id === 'e1')).toMatchObject({
      payload: { text: 'Hello' },
    });
    expect(recorded.commands).toHaveLength(1);
  });

  it('acknowledges presses and commands that nobody knows', async () => {
    send('e1', 'interactive', actionPayload({ response_url: `${slack.base}/respond` }));
    send('e2', 'slash_commands', command({ command: '/other' }));
    await vi.waitFor(
      () => expect(acks.map(({ envelope_id }) => envelope_id).sort()).toEqual(['e1', 'e2']),
      BUSY,
    );
    expect(recorded.actions).toHaveLength(1);
    expect(recorded.commands).toHaveLength(0);
  });

  it('takes nothing new after the stop', async () => {
    await app.close();
    expect(app.ready()).toBe(false);
    await vi.waitFor(() => expect(sockets.clients.size).toBe(0), BUSY);
  });
});
