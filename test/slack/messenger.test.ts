import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageContent } from '../../src/engine/ports/message.ts';
import { createMessenger } from '../../src/slack/messenger/create-messenger.ts';
import { createSlackClient } from '../../src/slack/slack-client.ts';
import { silentLog } from '../support/silent-log.ts';
import { type Answer, type FakeSlack, lostAnswer, startFakeSlack, status } from './support/fake-slack.ts';

const content: MessageContent = {
  text: 'It is slow',
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: 'It is slow', verbatim: true } },
    { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] },
  ],
  metadata: {
    event_type: 'perfbot_alert',
    event_payload: { part: 'card', key: 'group/g1/card', group_id: 'g1' },
  },
};
const posted = { ok: true, channel: 'C0GENERAL', ts: '1700000000.000100', message: {} };
const inThread = { ...posted, message: { thread_ts: '1700000000.000001' } };

let slack: FakeSlack;
const messenger = () =>
  createMessenger({
    client: createSlackClient({ botToken: 'xoxb-test', apiUrl: slack.apiUrl, log: silentLog }),
    readLagMs: 5,
  });
const post = (more: { threadTs?: string; channel?: string } = {}) =>
  messenger().post({ channel: 'C0GENERAL', content, ...more });

beforeEach(async () => {
  slack = await startFakeSlack();
});
afterEach(() => slack.close());

describe('post', () => {
  it('sends everything once, with metadata, without unfurling, and answers the address', async () => {
    slack.answers('chat.postMessage', posted);
    await expect(post()).resolves.toEqual({ channel: 'C0GENERAL', ts: '1700000000.000100' });
    const [call] = slack.calls('chat.postMessage');
    expect(call?.args).toMatchObject({
      channel: 'C0GENERAL',
      text: content.text,
      blocks: content.blocks,
      metadata: content.metadata,
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
    expect(call?.args.client_msg_id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(call?.headers.authorization).toBe('Bearer xoxb-test');
  });

  it('gives the same message the same client_msg_id, another channel another', async () => {
    slack.answers('chat.postMessage', posted);
    await post();
    await post();
    await post({ channel: 'C0OTHER' });
    const ids = slack.calls('chat.postMessage').map(({ args }) => args.client_msg_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  const cases: readonly [string, Answer, object][] = [
    ['a lost answer', lostAnswer, { outcome: 'ambiguous', code: 'request_failed' }],
    ['HTTP 500', status(500), { outcome: 'ambiguous', code: 'http_500' }],
    ['HTTP 404', status(404), { outcome: 'later', code: 'http_404' }],
    ['429', status(429, { 'retry-after': '7' }), { outcome: 'later', retryAfterMs: 7000 }],
    ['ratelimited', { ok: false, error: 'ratelimited' }, { outcome: 'later', code: 'ratelimited' }],
    ['internal_error', { ok: false, error: 'internal_error' }, { outcome: 'ambiguous' }],
    ['a duplicate', { ok: false, error: 'duplicate_message_not_found' }, { outcome: 'ambiguous' }],
    ['an answer without ts', { ok: true }, { outcome: 'ambiguous', code: 'invalid_response' }],
    ['a code nobody knows', { ok: false, error: 'new_code' }, { outcome: 'permanent', code: 'new_code' }],
    ['a bad token', { ok: false, error: 'invalid_auth' }, { outcome: 'permanent', reason: 'unauthorized' }],
    [
      'invalid_blocks',
      { ok: false, error: 'invalid_blocks', response_metadata: { messages: ['[json-pointer:/blocks/0]'] } },
      { outcome: 'permanent', userMessage: expect.stringContaining('/blocks/0') },
    ],
  ];
  it.each(cases)('says what %s means, and does not try again', async (_name, answer, expected) => {
    slack.answers('chat.postMessage', answer);
    await expect(post()).rejects.toMatchObject({ name: 'DeliveryError', ...expected });
    expect(slack.calls('chat.postMessage')).toHaveLength(1);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const gone = messenger();
    await slack.close();
    await expect(gone.post({ channel: 'C0GENERAL', content })).rejects.toMatchObject({ outcome: 'later' });
    slack = await startFakeSlack();
  });

  it('joins a public channel once', async () => {
    slack.answers('chat.postMessage', { ok: false, error: 'not_in_channel' }, posted);
    await expect(post()).resolves.toMatchObject({ ts: posted.ts });
    expect(slack.calls('conversations.join')).toHaveLength(1);
  });

  it('says how to invite it where it cannot join', async () => {
    slack.answers('chat.postMessage', { ok: false, error: 'not_in_channel' });
    slack.answers('conversations.join', { ok: false, error: 'method_not_supported_for_channel_type' });
    await expect(post()).rejects.toMatchObject({
      code: 'not_in_channel',
      outcome: 'permanent',
      mend: expect.stringContaining('/invite @perfbot'),
    });
  });

  it('finds the id of a channel by name over pages, and remembers it', async () => {
    slack.answers('chat.postMessage', posted);
    slack.answers(
      'conversations.list',
      { ok: true, channels: [{ id: 'C1', name: 'other' }], response_metadata: { next_cursor: 'n' } },
      { ok: true, channels: [{ id: 'C0GENERAL', name: 'general' }] },
    );
    const one = messenger();
    await one.post({ channel: '#General', content });
    await one.post({ channel: 'general', content });
    expect(slack.calls('conversations.list').map(({ args }) => args.cursor)).toEqual([undefined, 'n']);
    expect(slack.calls('chat.postMessage').map(({ args }) => args.channel)).toEqual([
      'C0GENERAL',
      'C0GENERAL',
    ]);
  });

  it('says which channel it does not know', async () => {
    slack.answers('conversations.list', { ok: true, channels: [] });
    await expect(post({ channel: '#nowhere' })).rejects.toMatchObject({
      code: 'channel_not_found',
      userMessage: expect.stringContaining('#nowhere'),
    });
  });

  it('takes a reply that landed in its thread', async () => {
    slack.answers('chat.postMessage', inThread);
    await expect(post({ threadTs: '1700000000.000001' })).resolves.toMatchObject({ ts: posted.ts });
    expect(slack.calls('conversations.replies')).toHaveLength(0);
  });

  it('takes back a reply that landed in the channel', async () => {
    slack.answers('chat.postMessage', posted);
    slack.answers('conversations.replies', { ok: false, error: 'thread_not_found' });
    await expect(post({ threadTs: '1700000000.000001' })).rejects.toMatchObject({ code: 'thread_not_found' });
    expect(slack.calls('chat.delete')[0]?.args).toMatchObject({ channel: 'C0GENERAL', ts: posted.ts });
  });

  it('believes the thread where the answer does not name it', async () => {
    slack.answers('chat.postMessage', posted);
    slack.answers('conversations.replies', { ok: true, messages: [{ ts: posted.ts }] });
    await expect(post({ threadTs: '1700000000.000001' })).resolves.toMatchObject({ ts: posted.ts });
  });
});

describe('update', () => {
  it('replaces text, blocks and metadata; a lost answer is no danger', async () => {
    slack.answers('chat.update', lostAnswer, { ok: true });
    const update = () => messenger().update({ channel: 'C0GENERAL', ts: '1.2', content });
    await expect(update()).rejects.toMatchObject({ outcome: 'later' });
    await update();
    expect(slack.calls('chat.update')[1]?.args).toMatchObject({
      ts: '1.2',
      text: content.text,
      blocks: content.blocks,
    });
  });

  it('gives up on a message that is gone', async () => {
    slack.answers('chat.update', { ok: false, error: 'message_not_found' });
    await expect(messenger().update({ channel: 'C0GENERAL', ts: '1.2', content })).rejects.toMatchObject({
      outcome: 'permanent',
      reason: 'not_found',
    });
  });
});

describe('files', () => {
  it('sends bytes, shares them in one message with a caption, and finds that message', async () => {
    slack.answers(
      'files.getUploadURLExternal',
      { ok: true, upload_url: `${slack.base}/upload/1`, file_id: 'F1' },
      { ok: true, upload_url: `${slack.base}/upload/2`, file_id: 'F2' },
    );
    const bytes = Uint8Array.from([137, 80, 78, 71, 0, 255]);
    const file = { filename: 'cpu.png', title: 'CPU', alt: 'CPU is at 97 %', bytes };
    await expect(messenger().uploadFiles([file, { ...file, filename: 'b.png' }])).resolves.toEqual([
      'F1',
      'F2',
    ]);
    expect(slack.calls('files.getUploadURLExternal')[0]?.args).toMatchObject({
      filename: 'cpu.png',
      length: '6',
      alt_text: 'CPU is at 97 %',
    });
    const [upload] = slack.calls('upload/1');
    expect(upload?.body.equals(bytes)).toBe(true);
    expect(upload?.headers.authorization).toBeUndefined();

    const share = {
      fileIds: ['F1', 'F2'],
      titles: ['CPU', 'B'],
      channel: 'C0GENERAL',
      threadTs: '1.1',
      content,
    };
    await messenger().shareFiles(share);
    const [done] = slack.calls('files.completeUploadExternal');
    expect(done?.args).toMatchObject({
      files: [
        { id: 'F1', title: 'CPU' },
        { id: 'F2', title: 'B' },
      ],
      channel_id: 'C0GENERAL',
      thread_ts: '1.1',
      blocks: [content.blocks[0]],
    });
    expect(done?.args).not.toHaveProperty('initial_comment');

    slack.answers(
      'files.info',
      { ok: true, file: { id: 'F1' } },
      { ok: true, file: { shares: { private: { C0GENERAL: [{ ts: '9.9' }] } } } },
    );
    await expect(messenger().findShared('F1', 'C0GENERAL')).resolves.toBeUndefined();
    await expect(messenger().findShared('F1', 'C0GENERAL')).resolves.toEqual({
      channel: 'C0GENERAL',
      ts: '9.9',
    });
  });

  it('may upload again after a failure, but looks before it shares again', async () => {
    slack.answers('files.getUploadURLExternal', { ok: true, upload_url: `${slack.base}/up`, file_id: 'F1' });
    slack.answers('up', status(503));
    slack.answers('files.completeUploadExternal', lostAnswer);
    const file = { filename: 'a.txt', title: 'a', bytes: new Uint8Array(1) };
    await expect(messenger().uploadFiles([file])).rejects.toMatchObject({ outcome: 'later' });
    const share = { fileIds: ['F1'], titles: ['a'], channel: 'C0GENERAL', content };
    await expect(messenger().shareFiles(share)).rejects.toMatchObject({ outcome: 'ambiguous' });
  });
});

describe('find', () => {
  const ours = { ts: '5.5', metadata: { event_type: 'perfbot_alert', event_payload: { key: 'k' } } };
  const query = { channel: 'C0GENERAL', key: 'k', sinceMs: 1_700_000_000_000 };

  it('reads the history page by page from a little earlier on', async () => {
    slack.answers(
      'conversations.history',
      { ok: true, messages: [{ ts: '6.6', metadata: {} }], response_metadata: { next_cursor: 'n' } },
      { ok: true, messages: [{ ts: '5.6' }, ours] },
    );
    await expect(messenger().find(query)).resolves.toEqual({ channel: 'C0GENERAL', ts: '5.5' });
    expect(slack.calls('conversations.history')[0]?.args).toMatchObject({
      oldest: '1699999995.000000',
      include_all_metadata: 'true',
    });
    expect(slack.calls('conversations.history')[1]?.args.cursor).toBe('n');
  });

  it('looks a second time before it says that there is none', async () => {
    slack.answers('conversations.replies', { ok: true, messages: [] }, { ok: true, messages: [ours] });
    const found = await messenger().find({ ...query, threadTs: '1.1' });
    expect(found).toEqual({ channel: 'C0GENERAL', ts: '5.5' });
    expect(slack.calls('conversations.replies')[0]?.args.ts).toBe('1.1');
    slack.answers('conversations.history', { ok: true, messages: [] });
    await expect(messenger().find(query)).resolves.toBeUndefined();
  });

  it('never says "not there" when it could not look', async () => {
    slack.answers('conversations.history', status(429, { 'retry-after': '3' }));
    await expect(messenger().find(query)).rejects.toMatchObject({ outcome: 'later', retryAfterMs: 3000 });
  });
});

describe('App Home and links', () => {
  it('publishes a view for a person', async () => {
    slack.answers('views.publish', { ok: true });
    await messenger().publishHome('U012AB3CD', { type: 'home', blocks: [] });
    expect(slack.calls('views.publish')[0]?.args).toMatchObject({
      user_id: 'U012AB3CD',
      view: { type: 'home', blocks: [] },
    });
  });

  it('knows the address of a message after asking for that of the workspace once', async () => {
    slack.answers('auth.test', { ok: true, url: 'https://example.slack.com/' });
    const { linkTo } = messenger();
    const address = { channel: 'C0GENERAL', ts: '1700000000.000100' };
    const links = [await linkTo(address), await linkTo({ ...address, ts: '1700000001.000100' })];
    expect(links).toEqual([
      'https://example.slack.com/archives/C0GENERAL/p1700000000000100',
      'https://example.slack.com/archives/C0GENERAL/p1700000001000100',
    ]);
    expect(slack.calls('auth.test')).toHaveLength(1);
  });
});
