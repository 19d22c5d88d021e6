import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  GENERAL,
  RANDOM,
  type RunningWorkspace,
  refusal,
  startWorkspace,
} from './support/start-workspace.ts';

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const metadata = { event_type: 'perfbot_alert', event_payload: { part: 'card', key: 'group/g1/card' } };

let running: RunningWorkspace;
beforeEach(async () => {
  running = await startWorkspace();
});
afterEach(() => running.close());

/** Any call by its name, with arguments that the types of the SDK would not allow. */
const call = async (method: string, args: Record<string, unknown>) =>
  (await running.slack.apiCall(method, args)) as {
    ts?: string;
    channel?: string;
    message?: object;
    permalink?: string;
  };
const post = (args: Record<string, unknown>) => call('chat.postMessage', { channel: GENERAL, ...args });

describe('chat.postMessage', () => {
  it('posts, numbers by time and shows it to the page with ids for blocks', async () => {
    const first = await running.slack.chat.postMessage({
      channel: '#general',
      text: 'One',
      blocks: [section('One')],
    });
    const second = await running.slack.chat.postMessage({ channel: 'general', text: 'Two' });
    expect(first).toMatchObject({ ok: true, channel: GENERAL, message: { text: 'One', type: 'message' } });
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
    const { messages } = await running.state();
    expect(messages.map(({ text }) => text)).toEqual(['One', 'Two']);
    expect(messages[0]?.blocks?.[0]).toMatchObject({ type: 'section', block_id: expect.stringMatching(/./) });
  });

  it('keeps threads: replies, counts, and a reply to nothing becomes a message', async () => {
    const { ts } = await post({ text: 'Parent' });
    const reply = await post({ text: 'Reply', thread_ts: ts });
    const lost = await post({ text: 'Lost', thread_ts: '1234567890.123456' });
    expect(reply.message).toMatchObject({ thread_ts: ts });
    expect(lost.message).not.toHaveProperty('thread_ts');
    const { messages } = await running.slack.conversations.replies({ channel: GENERAL, ts: String(ts) });
    expect(messages?.map(({ text }) => text)).toEqual(['Parent', 'Reply']);
    expect(messages?.[0]).toMatchObject({ reply_count: 1, latest_reply: reply.ts, thread_ts: ts });
    const history = await running.slack.conversations.history({ channel: GENERAL });
    expect(history.messages?.map(({ text }) => text)).toEqual(['Lost', 'Parent']);
    expect((await running.state()).messages[0]).toMatchObject({ replyCount: 1, latestReply: reply.ts });
  });

  const tooMany = Array.from({ length: 51 }, () => section('x'));
  const cases: readonly [string, Record<string, unknown>, string][] = [
    ['no text', {}, 'no_text'],
    ['an unknown channel', { channel: 'C0NOTHERE1', text: 'x' }, 'channel_not_found'],
    ['no channel', { channel: '', text: 'x' }, 'channel_not_found'],
    ['a channel without the bot', { channel: RANDOM, text: 'x' }, 'not_in_channel'],
    ['51 blocks', { text: 'x', blocks: tooMany }, 'invalid_blocks'],
    ['a long section', { text: 'x', blocks: [section('x'.repeat(3001))] }, 'invalid_blocks'],
    ['an unknown block', { text: 'x', blocks: [{ type: 'hologram' }] }, 'invalid_blocks'],
    ['blocks that are no JSON', { text: 'x', blocks: '[{' }, 'invalid_blocks_format'],
    ['long text', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    [
      'long blocks together',
      { text: 'x', blocks: Array.from({ length: 5 }, () => section('x'.repeat(2900))) },
      'msg_blocks_too_long',
    ],
    ['metadata without a payload', { text: 'x', metadata: { event_type: 'a' } }, 'invalid_metadata_format'],
    ['metadata that is no JSON', { text: 'x', metadata: '{' }, 'invalid_metadata_format'],
    [
      'an unknown file',
      { text: 'x', blocks: [{ type: 'image', alt_text: 'x', slack_file: { id: 'F1' } }] },
      'invalid_blocks',
    ],
    ['markdown beside text', { text: 'x', markdown_text: 'x' }, 'markdown_text_conflict'],
  ];
  it.each(cases)('refuses %s', async (_name, args, error) => {
    expect(await refusal(post(args))).toMatchObject({ ok: false, error });
    expect((await running.state()).messages).toEqual([]);
  });

  it('says where a block is wrong', async () => {
    const data = await refusal(post({ text: 'x', blocks: [section('fine'), section('')] }));
    expect(data?.response_metadata?.messages?.join()).toContain('[json-pointer:/blocks/1/text/text]');
  });

  it('refuses the same client_msg_id a second time', async () => {
    const once = { text: 'x', client_msg_id: '11111111-2222-5333-8444-555555555555' };
    await post(once);
    expect(await refusal(post(once))).toMatchObject({ error: 'duplicate_message_not_found' });
    expect((await running.state()).messages).toHaveLength(1);
  });

  it('opens a direct conversation for the id of a person', async () => {
    const { channel } = await post({ channel: 'U0YOU00001', text: 'Hello' });
    expect(channel).toMatch(/^D/);
    expect((await running.state()).channels).toContainEqual(
      expect.objectContaining({ id: channel, isDirect: true }),
    );
  });
});

describe('chat.update', () => {
  it('takes blocks away when only text is given, keeps metadata, and keeps both without either', async () => {
    const { ts } = await post({ text: 'One', blocks: [section('One')], metadata });
    await call('chat.update', {
      channel: GENERAL,
      ts,
      metadata: { ...metadata, event_type: 'perfbot_report' },
    });
    expect((await running.state()).messages[0]).toMatchObject({
      text: 'One',
      blocks: [{ type: 'section' }],
      metadata: { event_type: 'perfbot_report' },
    });
    await call('chat.update', { channel: GENERAL, ts, text: 'Two' });
    const [message] = (await running.state()).messages;
    expect(message).toMatchObject({ text: 'Two', edited: true, metadata: { event_type: 'perfbot_report' } });
    expect(message).not.toHaveProperty('blocks');
    await call('chat.update', { channel: GENERAL, ts, text: 'Two', metadata: {} });
    expect((await running.state()).messages[0]).not.toHaveProperty('metadata');
  });

  it('refuses what is not there, not its own, empty, or too long', async () => {
    const { ts } = await post({ text: 'One' });
    await running.post('messages', { channel: GENERAL, text: 'from a person' });
    const theirs = (await running.state()).messages[1]?.ts;
    const update = (args: Record<string, unknown>) =>
      refusal(call('chat.update', { channel: GENERAL, ts, ...args }));
    expect(await update({ ts: '1234567890.123456', text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
    expect(await update({ ts: theirs, text: 'x' })).toMatchObject({ error: 'cant_update_message' });
    expect(await update({})).toMatchObject({ error: 'no_text' });
    expect(await update({ text: 'ü'.repeat(2001) })).toMatchObject({ error: 'msg_too_long' });
    expect(await update({ channel: 'general', text: 'x' })).toMatchObject({ error: 'channel_not_found' });
  });
});

describe('the rest of chat.*', () => {
  it('deletes, leaving a tombstone where a thread goes on', async () => {
    const parent = await post({ text: 'Parent' });
    const reply = await post({ text: 'Reply', thread_ts: parent.ts });
    await call('chat.delete', { channel: GENERAL, ts: parent.ts });
    expect((await running.state()).messages[0]).toMatchObject({ text: 'This message was deleted.' });
    await call('chat.delete', { channel: GENERAL, ts: reply.ts });
    expect((await running.state()).messages).toHaveLength(1);
    expect(await refusal(call('chat.delete', { channel: GENERAL, ts: reply.ts }))).toMatchObject({
      error: 'message_not_found',
    });
  });

  it('shows an ephemeral message to one person', async () => {
    const ephemeral = (user: string) => call('chat.postEphemeral', { channel: GENERAL, user, text: 'Psst' });
    await ephemeral('U0YOU00001');
    await ephemeral('U0TEAMMATE');
    expect(await refusal(ephemeral('U0NOBODY'))).toMatchObject({ error: 'user_not_in_channel' });
    const { ephemerals, messages } = await running.state();
    expect(ephemerals).toMatchObject([{ text: 'Psst', forUser: 'U0YOU00001', user: 'U0PERFBOT1' }]);
    expect(messages).toEqual([]);
  });

  it('gives permalinks only to what exists', async () => {
    const { ts } = await post({ text: 'x' });
    const link = (message_ts: unknown) => call('chat.getPermalink', { channel: GENERAL, message_ts });
    expect((await link(ts)).permalink).toContain(String(ts));
    expect(await refusal(link('1.000000'))).toMatchObject({ error: 'message_not_found' });
  });
});
