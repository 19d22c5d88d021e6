import type { SlackAction, SlashCommand } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BoltApp, startBoltApp } from './support/recording-app.ts';
import { GENERAL, type RunningWorkspace, startWorkspace } from './support/start-workspace.ts';

type Answer = string | Record<string, unknown> | undefined;
interface ButtonPress {
  readonly actions: readonly [Record<string, unknown>];
  readonly container: Record<string, unknown>;
  readonly message?: Record<string, unknown>;
  readonly response_url: string;
}

let running: RunningWorkspace;
let bolt: BoltApp;
let commands: SlashCommand[];
let presses: ButtonPress[];
let answer: () => Promise<Answer>;
let mentions: string[];

beforeEach(async () => {
  commands = [];
  presses = [];
  mentions = [];
  answer = async () => undefined;
  running = await startWorkspace();
  bolt = await startBoltApp(running, (app) => {
    app.command('/perf', async ({ command, ack }) => {
      commands.push(command);
      const body = await answer();
      await (body === undefined ? ack() : ack(body as Parameters<typeof ack>[0]));
    });
    app.action(/.*/, async ({ ack, body }) => {
      presses.push(body as SlackAction as unknown as ButtonPress);
      await ack();
    });
    app.event('app_mention', async ({ event }) => void mentions.push(event.text));
  });
});
afterEach(async () => {
  await bolt.close();
  await running.close();
});

const say = (text: string, more: Record<string, unknown> = {}) =>
  running.post('messages', { channel: GENERAL, text, ...more });
const respond = (url: string | undefined, body: unknown) =>
  fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const ephemerals = async () => (await running.state()).ephemerals.map(({ text }) => text);
const button = (action_id: string) => ({
  type: 'actions',
  block_id: 'b1',
  elements: [{ type: 'button', action_id, text: { type: 'plain_text', text: 'Go' }, value: 'v1' }],
});

describe('slash commands', () => {
  it('reach the app signed, with the text escaped as Slack does', async () => {
    expect(await say('/perf ack a<b @teammate #general')).toEqual({ ok: true });
    expect(commands).toMatchObject([
      {
        command: '/perf',
        text: 'ack a&lt;b <@U0TEAMMATE|teammate> <#C0GENERAL1|general>',
        channel_id: GENERAL,
        channel_name: 'general',
        user_id: 'U0YOU00001',
      },
    ]);
    expect(bolt.headers[0]).not.toHaveProperty('x-slack-retry-num');
    expect((await running.state()).messages).toEqual([]);
  });

  it('show text and JSON answers to the person, and in_channel ones to all', async () => {
    answer = async () => 'As text';
    await say('/perf help');
    answer = async () => ({ response_type: 'in_channel', text: 'For all' });
    await say('/perf help');
    expect(await ephemerals()).toEqual(['As text']);
    expect((await running.state()).messages).toMatchObject([{ text: 'For all', user: 'U0PERFBOT1' }]);
  });

  it('are refused when unknown, in threads, and when the answer breaks the rules', async () => {
    expect((await say('/other')).error).toContain('/other is not a valid command');
    expect((await say('/perf', { threadTs: '1.000000' })).error).toBe("/perf can't be used in threads");
    answer = async () => ({ blocks: [{ type: 'hologram' }], text: 'x' });
    expect((await say('/perf')).error).toContain('invalid_blocks');
    expect(commands).toHaveLength(1);
  });

  it('fail as Slack says it: three seconds without an answer, or an app that is not there', async () => {
    answer = () => new Promise(() => {});
    expect(await say('/perf')).toEqual({
      ok: false,
      error: '/perf failed with the error "operation_timeout"',
    });
    await bolt.close();
    expect((await say('/perf')).error).toContain('dispatch_failed');
  });

  it('come twice when told so', async () => {
    running.workspace.misbehave({ method: 'slash_commands', kind: 'duplicate_delivery' });
    await say('/perf status');
    expect(commands.map(({ trigger_id }) => trigger_id)).toEqual([
      commands[0]?.trigger_id,
      commands[0]?.trigger_id,
    ]);
  });
});

describe('response_url', () => {
  it('replaces and deletes the first answer of a command', async () => {
    answer = async () => 'Working on it';
    await say('/perf status');
    const url = commands[0]?.response_url;
    expect((await respond(url, { text: 'Done', replace_original: true })).status).toBe(200);
    expect(await ephemerals()).toEqual(['Done']);
    await respond(url, { delete_original: true });
    expect(await ephemerals()).toEqual([]);
  });

  it('is good for five uses', async () => {
    await say('/perf status');
    const statuses: number[] = [];
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      statuses.push((await respond(commands[0]?.response_url, { text })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(await ephemerals()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('refuses what a message may not be, and unknown addresses', async () => {
    await say('/perf status');
    const refused = await respond(commands[0]?.response_url, { text: 'x', blocks: [{ type: 'hologram' }] });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { ok: false, error: 'invalid_blocks' },
    ]);
    expect((await respond(`${running.base}/local/response/guess`, { text: 'x' })).status).toBe(404);
  });
});

describe('presses', () => {
  it('carry what the stored element says, and the message', async () => {
    const { ts = '' } = await running.slack.chat.postMessage({
      channel: GENERAL,
      text: 'Card',
      blocks: [button('go')],
    });
    const press = { channel: GENERAL, ts, blockId: 'b1', actionId: 'go', value: 'forged' };
    expect(await running.post('actions', press)).toEqual({ ok: true });
    expect(presses).toMatchObject([
      {
        type: 'block_actions',
        actions: [{ type: 'button', action_id: 'go', block_id: 'b1', value: 'v1' }],
        container: { type: 'message', message_ts: ts, is_ephemeral: false },
        message: { ts, text: 'Card' },
        channel: { id: GENERAL, name: 'general' },
      },
    ]);
    await respond(presses[0]?.response_url, { text: 'Replaced', replace_original: true });
    await respond(presses[0]?.response_url, { text: 'Only you' });
    const { messages, ephemerals: private_ } = await running.state();
    expect([messages[0]?.text, messages[0]?.blocks, private_[0]?.text]).toEqual([
      'Replaced',
      undefined,
      'Only you',
    ]);
  });

  it('are refused for elements and options that are not there', async () => {
    const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
    const select = { type: 'static_select', action_id: 'pick', options: [option('1h'), option('4h')] };
    const blocks = [{ type: 'actions', block_id: 'b1', elements: [select] }];
    const { ts } = (await running.slack.apiCall('chat.postMessage', {
      channel: GENERAL,
      text: 'x',
      blocks,
    })) as unknown as { ts: string };
    const choose = (value: string, actionId = 'pick') =>
      running.post('actions', {
        channel: GENERAL,
        ts,
        blockId: 'b1',
        actionId,
        selectedOption: option(value),
      });
    expect(await choose('1h', 'other')).toEqual({ ok: false, error: 'action_not_found' });
    expect(await choose('9h')).toEqual({ ok: false, error: 'action_not_found' });
    expect(await choose('4h')).toEqual({ ok: true });
    expect(presses).toMatchObject([{ actions: [{ selected_option: { value: '4h' } }] }]);
  });

  it('on an ephemeral message let it be replaced', async () => {
    answer = async () => ({ text: 'Sure?', blocks: [button('yes')] });
    await say('/perf silence');
    const id = (await running.state()).ephemerals[0]?.id;
    await running.post('actions', { ephemeralId: id, blockId: 'b1', actionId: 'yes' });
    expect(presses[0]?.container).toMatchObject({ is_ephemeral: true });
    expect(presses[0]).not.toHaveProperty('message');
    await respond(presses[0]?.response_url, { text: 'Silenced', replace_original: true });
    expect(await ephemerals()).toEqual(['Silenced']);
  });
});

describe('events', () => {
  it('tell the app of mentions', async () => {
    await say('nothing for you');
    await say('@perfbot hello');
    await vi.waitFor(() => expect(mentions).toEqual(['<@U0PERFBOT1> hello']));
  });
});
