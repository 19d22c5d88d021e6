import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PerfbotError } from '../../src/core/errors.ts';
import { renderReply } from '../../src/slack/answers/render-refusal.ts';
import { createSlackApp, type SlackApp } from '../../src/slack/receiver/create-slack-app.ts';
import { silentLog } from '../support/silent-log.ts';
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts';
import { recordingHandlers } from './support/recording-handlers.ts';
import { actionForm, commandForm, messageOf, SIGNING_SECRET, sendSigned } from './support/signed-request.ts';

let slack: FakeSlack;
let app: SlackApp;
let server: Server;
let url: string;
let recorded: ReturnType<typeof recordingHandlers>;

beforeEach(async () => {
  slack = await startFakeSlack();
  slack.answers('auth.test', { ok: true, user_id: 'UBOT', bot_id: 'BBOT', team_id: 'T1' });
  recorded = recordingHandlers();
  app = createSlackApp({
    botToken: 'xoxb-test',
    signingSecret: SIGNING_SECRET,
    apiUrl: slack.apiUrl,
    handlers: recorded.handlers,
    log: silentLog,
    now: Date.now,
    answerWithinMs: 150,
  });
  server = createServer((request, response) => app.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
});
afterEach(async () => {
  await app.close({ drainMs: 500 });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await slack.close();
});

const command = (fields: Record<string, string> = {}) =>
  commandForm({ response_url: `${slack.base}/respond`, ...fields });

describe('before it is connected and after it is closed', () => {
  it('asks Slack to come again', async () => {
    expect((await sendSigned(url, command())).status).toBe(503);
    await app.start();
    expect(app.ready()).toBe(true);
    await app.close();
    expect((await sendSigned(url, command())).status).toBe(503);
    expect(recorded.commands).toEqual([]);
  });

  it('goes on trying while Slack is away', async () => {
    slack.answers('auth.test', (_asked, response) => void response.destroy(), {
      ok: true,
      user_id: 'U',
      bot_id: 'B',
    });
    await app.start();
    expect(slack.calls('auth.test')).toHaveLength(2);
  });

  it('gives up on a token that Slack refuses, and says how to mend it', async () => {
    slack.answers('auth.test', { ok: false, error: 'invalid_auth' });
    await expect(app.start()).rejects.toMatchObject({
      reason: 'unauthorized',
      mend: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
    expect(app.ready()).toBe(false);
  });
});

describe('commands', () => {
  beforeEach(() => app.start());

  it('hands the command over and answers only the person who typed', async () => {
    recorded.answer.command = async () => ({ kind: 'ephemeral', message: renderReply('Here you are') });
    const answer = await sendSigned(url, command({ text: 'status shop-api' }));
    expect(answer.status).toBe(200);
    expect(await messageOf(answer)).toMatchObject({ response_type: 'ephemeral', text: 'Here you are' });
    expect(recorded.commands).toEqual([
      {
        text: 'status shop-api',
        userId: 'U012AB3CD',
        channelId: 'C0GENERAL',
        triggerId: 'trigger-1',
        responseUrl: `${slack.base}/respond`,
      },
    ]);
  });

  it('says nothing where the answer is in the channel', async () => {
    const answer = await sendSigned(url, command());
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('answers in time when the handler is slow, and completes the answer later', async () => {
    recorded.answer.command = async () => {
      await sleep(400);
      return { kind: 'ephemeral', message: renderReply('Done') };
    };
    const answer = await sendSigned(url, command());
    expect((await messageOf(answer)).text).toMatch(/Working on it/);
    await app.close({ drainMs: 2_000 });
    expect(slack.calls('respond')[0]?.args).toMatchObject({ replace_original: true, text: 'Done' });
  });

  it('takes the first answer back when a slow handler has nothing to say', async () => {
    recorded.answer.command = () => sleep(400, { kind: 'silent' as const });
    await sendSigned(url, command());
    await app.close({ drainMs: 2_000 });
    expect(slack.calls('respond')[0]?.args).toEqual({ delete_original: true });
  });

  it('explains a failure without its inside', async () => {
    recorded.answer.command = async () => {
      throw new Error('postgres://user:hunter2@db');
    };
    const unknown = await (await sendSigned(url, command())).text();
    expect(unknown).toContain('Something went wrong');
    expect(unknown).not.toContain('hunter2');
    recorded.answer.command = async () => {
      throw new PerfbotError('unreachable', 'x', { userMessage: 'The database is away.', mend: 'Start it.' });
    };
    const known = await messageOf(await sendSigned(url, command({ trigger_id: 'trigger-2' })));
    expect(known.text).toBe('The database is away.\nStart it.');
  });

  it('handles the same request once', async () => {
    const body = command();
    const at = Date.now();
    for (let i = 0; i < 3; i += 1) expect((await sendSigned(url, body, { at })).status).toBe(200);
    expect(recorded.commands).toHaveLength(1);
  });

  it('answers a command that is not ours', async () => {
    const answer = await sendSigned(url, command({ command: '/other' }));
    expect((await messageOf(answer)).text).toContain("I don't know the command `/other`");
    expect(recorded.commands).toEqual([]);
  });

  it.each([
    ['a wrong secret', { secret: 'other' }],
    ['a time stamp six minutes old', { at: Date.now() - 360_000 }],
    ['a time stamp six minutes ahead', { at: Date.now() + 360_000 }],
  ])('refuses %s', async (_name, options) => {
    expect((await sendSigned(url, command(), options)).status).toBe(401);
    expect(recorded.commands).toEqual([]);
  });

  it('refuses what is not signed at all, malformed or too large', async () => {
    expect((await fetch(url, { method: 'POST', body: command() })).status).toBe(401);
    expect((await sendSigned(url, '{"type":', { type: 'application/json' })).status).toBe(400);
    const large = await sendSigned(url, command({ text: 'x'.repeat(1_100_000) })).catch(() => ({
      status: 413,
    }));
    expect(large.status).toBe(413);
    expect(recorded.commands).toEqual([]);
  });

  it.each(['/', '//', '/slack/other', '/x/%E0%A4%A'])('answers 404 to %s', async (path) => {
    const { port } = server.address() as AddressInfo;
    const code = await new Promise((resolve, reject) => {
      httpRequest({ port, path, host: '127.0.0.1' }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(code).toBe(404);
  });

  it('answers the check of the address', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c1' });
    const answer = await sendSigned(url, body, { type: 'application/json' });
    expect(await answer.text()).toContain('c1');
  });
});

describe('presses', () => {
  beforeEach(() => app.start());
  const press = (fields: Record<string, unknown> = {}) =>
    sendSigned(url, actionForm({ response_url: `${slack.base}/respond`, ...fields }));

  it('acknowledges at once, then tells the person', async () => {
    let acknowledged = () => {};
    const answered = new Promise<void>((resolve) => {
      acknowledged = resolve;
    });
    // Whoever waited for the handler before the answer would wait for ever.
    recorded.answer.command = async () => {
      await answered;
      return { kind: 'ephemeral', message: renderReply('Somebody else was faster.') };
    };
    expect((await press()).status).toBe(200);
    acknowledged();
    await app.close({ drainMs: 2_000 });
    expect(slack.calls('respond')[0]?.args).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Somebody else was faster.',
    });
    expect(recorded.actions).toEqual([
      {
        actionId: 'perfbot_acknowledge',
        value: '{"groupId":"g1"}',
        userId: 'U012AB3CD',
        channelId: 'C0GENERAL',
        messageTs: '1700000000.000100',
        triggerId: 'trigger-a',
        responseUrl: `${slack.base}/respond`,
      },
    ]);
  });

  it('hands a choice from a menu over', async () => {
    const chosen = {
      type: 'static_select',
      block_id: 'b',
      action_id: 'perfbot_details',
      selected_option: { value: '{"service":"shop-api"}' },
    };
    await press({ actions: [chosen] });
    await app.close();
    expect(recorded.actions[0]).toMatchObject({
      actionId: 'perfbot_details',
      selected: '{"service":"shop-api"}',
      value: '',
    });
  });

  it('handles a press once, and a link never', async () => {
    await press();
    await press();
    const link = { type: 'button', block_id: 'b', action_id: 'perfbot_link_1' };
    expect((await press({ trigger_id: 'trigger-l', actions: [link] })).status).toBe(200);
    await app.close();
    expect(recorded.actions).toHaveLength(1);
  });
});
