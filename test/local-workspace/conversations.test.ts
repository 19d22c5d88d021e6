import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  GENERAL,
  RANDOM,
  type RunningWorkspace,
  refusal,
  SECRETS,
  startWorkspace,
} from './support/start-workspace.ts';

let running: RunningWorkspace;
beforeEach(async () => {
  running = await startWorkspace();
});
afterEach(() => running.close());

const call = (method: string, args: Record<string, unknown> = {}) => running.slack.apiCall(method, args);

describe('tokens', () => {
  it.each([
    ['', 'not_authed'],
    ['xoxb-other', 'invalid_auth'],
    [SECRETS.appToken, 'not_allowed_token_type'],
  ])('refuses %j', async (token, error) => {
    expect(await refusal(running.client(token).auth.test())).toMatchObject({ error });
  });

  it('knows its bot, and asks none for api.test and blocks.validate', async () => {
    expect(await running.slack.auth.test()).toMatchObject({
      user: 'perfbot',
      team: 'Local workspace',
      bot_id: expect.stringMatching(/^B/),
    });
    expect(await running.client('').apiCall('api.test', { foo: 'bar' })).toMatchObject({
      args: { foo: 'bar' },
    });
    const blocks = [{ type: 'section' }];
    const data = await refusal(running.client('').apiCall('blocks.validate', { blocks }));
    expect(data).toMatchObject({ error: 'invalid_blocks', errors: [{ pointer: '/blocks/0' }] });
  });

  it('opens sockets only for the app token', async () => {
    expect(await refusal(call('apps.connections.open'))).toMatchObject({ error: 'not_allowed_token_type' });
    expect((await running.client(SECRETS.appToken).apps.connections.open({})).url).toMatch(/^ws:\/\/127/);
  });
});

describe('arguments', () => {
  it('takes JSON as well as forms, and says what is missing', async () => {
    const json = (body: string) =>
      fetch(`${running.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRETS.botToken}`, 'content-type': 'application/json' },
        body,
      }).then((answer) => answer.json());
    const blocks = [{ type: 'divider' }];
    expect(await json(JSON.stringify({ channel: GENERAL, text: 'x', blocks }))).toMatchObject({ ok: true });
    expect(await json('{')).toMatchObject({ error: 'invalid_json' });
    expect(await refusal(call('conversations.history'))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
    expect(await refusal(call('chat.fly'))).toMatchObject({ error: 'unknown_method' });
  });
});

describe('conversations', () => {
  it('lists channels in pages', async () => {
    const first = await running.slack.conversations.list({ limit: 2 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await running.slack.conversations.list({ limit: 2, cursor });
    const names = [...(first.channels ?? []), ...(second.channels ?? [])].map(({ name }) => name);
    expect(names).toEqual(['general', 'incidents', 'random']);
    expect(second.response_metadata?.next_cursor).toBe('');
    expect(await refusal(call('conversations.list', { types: 'planets' }))).toMatchObject({
      error: 'invalid_types',
    });
    expect(await refusal(call('conversations.list', { cursor: 'x' }))).toMatchObject({
      error: 'invalid_cursor',
    });
  });

  it('lets the bot join, after which it may post and read', async () => {
    expect(await refusal(call('conversations.history', { channel: RANDOM }))).toMatchObject({
      error: 'not_in_channel',
    });
    const { channel } = await running.slack.conversations.join({ channel: RANDOM });
    expect(channel).toMatchObject({ is_member: true });
    expect(await running.slack.conversations.join({ channel: RANDOM })).toMatchObject({
      warning: 'already_in_channel',
    });
    await running.slack.chat.postMessage({ channel: RANDOM, text: 'Hello' });
    const { members } = await running.slack.conversations.members({ channel: RANDOM });
    expect(members).toContain('U0PERFBOT1');
  });

  it('reads history newest first, within times, in pages, with metadata only when asked', async () => {
    const metadata = { event_type: 'perfbot_alert', event_payload: { key: 'k' } };
    const ts: string[] = [];
    for (const text of ['1', '2', '3', '4', '5']) {
      ts.push((await running.slack.chat.postMessage({ channel: GENERAL, text, metadata })).ts ?? '');
    }
    const history = async (args: Record<string, unknown>) => {
      const answer = await call('conversations.history', { channel: GENERAL, ...args });
      return answer as unknown as {
        messages: { text: string; metadata?: unknown }[];
        has_more: boolean;
        response_metadata: { next_cursor: string };
      };
    };
    const texts = ({ messages }: { messages: { text: string }[] }) =>
      messages.map(({ text }) => text).join('');
    const page = await history({ limit: 2 });
    expect([texts(page), page.has_more]).toEqual(['54', true]);
    expect(texts(await history({ limit: 2, cursor: page.response_metadata.next_cursor }))).toBe('32');
    expect(texts(await history({ oldest: ts[1], latest: ts[3] }))).toBe('3');
    expect(texts(await history({ oldest: ts[1], latest: ts[3], inclusive: true }))).toBe('432');
    expect((await history({})).messages[0]).not.toHaveProperty('metadata');
    expect((await history({ include_all_metadata: true })).messages[0]).toMatchObject({ metadata });
    expect(await refusal(history({ oldest: 'yesterday' }))).toMatchObject({ error: 'invalid_ts_oldest' });
    expect(await refusal(history({ limit: 0 }))).toMatchObject({ error: 'invalid_limit' });
    expect(await refusal(call('conversations.replies', { channel: GENERAL, ts: '1.000000' }))).toMatchObject({
      error: 'thread_not_found',
    });
  });
});

describe('people and reactions', () => {
  it('knows its people', async () => {
    expect((await running.slack.users.list({})).members?.map(({ name }) => name)).toEqual([
      'you',
      'teammate',
      'perfbot',
    ]);
    expect((await running.slack.users.info({ user: 'U0TEAMMATE' })).user).toMatchObject({ name: 'teammate' });
    expect(await refusal(running.slack.users.info({ user: 'U0' }))).toMatchObject({
      error: 'user_not_found',
    });
    expect((await running.slack.usergroups.list()).usergroups).toEqual([]);
  });

  it('adds and removes a reaction once', async () => {
    const { ts } = await running.slack.chat.postMessage({ channel: GENERAL, text: 'x' });
    const place = { channel: GENERAL, timestamp: ts ?? '', name: 'eyes' };
    await running.slack.reactions.add(place);
    expect(await refusal(running.slack.reactions.add(place))).toMatchObject({ error: 'already_reacted' });
    expect((await running.state()).messages[0]?.reactions).toEqual([
      { name: 'eyes', users: ['U0PERFBOT1'], count: 1 },
    ]);
    await running.slack.reactions.remove(place);
    expect(await refusal(running.slack.reactions.remove(place))).toMatchObject({ error: 'no_reaction' });
  });
});
