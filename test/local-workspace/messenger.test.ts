import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageContent } from '../../src/engine/ports/message.ts';
import { createMessenger } from '../../src/slack/messenger/create-messenger.ts';
import { createSlackClient } from '../../src/slack/slack-client.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  PNG,
  RANDOM,
  type RunningWorkspace,
  refusal,
  SECRETS,
  startWorkspace,
} from './support/start-workspace.ts';

const content = (text: string, key = 'group/g1/card'): MessageContent => ({
  text,
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }],
  metadata: { event_type: 'perfbot_alert', event_payload: { part: 'card', key, group_id: 'g1' } },
});

let running: RunningWorkspace;
const messenger = () => {
  const { apiUrl } = running;
  return createMessenger({
    client: createSlackClient({ botToken: SECRETS.botToken, apiUrl, log: silentLog }),
    readLagMs: 10,
  });
};
beforeEach(async () => {
  running = await startWorkspace();
});
afterEach(() => running.close());

describe('perfbot’s messenger', () => {
  it('posts, edits, and shares two pictures in one message of the thread', async () => {
    const { post, update, uploadFiles, shareFiles, findShared } = messenger();
    const address = await post({ channel: '#general', content: content('Looking') });
    await update({ ...address, content: content('Found') });
    const files = ['cpu.png', 'memory.png'].map((filename) => ({
      filename,
      title: filename,
      alt: 'high',
      bytes: PNG,
    }));
    const fileIds = await uploadFiles(files);
    const { channel, ts } = address;
    const titles = ['CPU', 'Memory'];
    const charts = content('Charts', 'run/r1/charts');
    await shareFiles({ fileIds, titles, channel: '#general', threadTs: ts, content: charts });
    await expect
      .poll(() => findShared(fileIds[1] ?? '', channel), { timeout: 5000 })
      .toMatchObject({ channel });
    const { messages } = await running.state();
    expect(messages).toMatchObject([
      { text: 'Found', replyCount: 1 },
      {
        threadTs: ts,
        files: [{ title: 'CPU', alt: 'high' }, { title: 'Memory' }],
        blocks: [{ type: 'section' }],
      },
    ]);
  });

  it('joins a channel first, and finds what it posted after a lost answer', async () => {
    const { post, find } = messenger();
    running.workspace.misbehave({ method: 'chat.postMessage', kind: 'lost_answer', times: 2 });
    const sinceMs = Date.now();
    await expect(post({ channel: '#general', content: content('Once') })).rejects.toMatchObject({
      outcome: 'ambiguous',
    });
    const found = await find({ channel: '#general', key: 'group/g1/card', sinceMs });
    expect(found?.ts).toBe((await running.state()).messages[0]?.ts);
    await expect(post({ channel: '#general', content: content('Once') })).rejects.toMatchObject({
      outcome: 'ambiguous',
    });
    expect((await running.state()).messages).toHaveLength(1);
    const joined = await post({ channel: 'random', content: content('Hello', 'other') });
    expect(joined.channel).toBe(RANDOM);
  });
});

describe('misbehaviour', () => {
  const post = () => running.slack.apiCall('chat.postMessage', { channel: '#general', text: 'x' });

  it('limits, fails and delays as often as told, then behaves', async () => {
    const order = (rule: Record<string, unknown>) =>
      running.post('misbehave', { method: 'chat.postMessage', ...rule });
    await order({ kind: 'rate_limited', retryAfterSeconds: 7, times: 2 });
    for (const _time of [1, 2]) await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
    await order({ kind: 'server_error' });
    await expect(post()).rejects.toMatchObject({ statusCode: 500 });
    await order({ kind: 'slow', delayMs: 200 });
    const start = performance.now();
    await post();
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(await refusal(post())).toBeUndefined();
    expect((await running.state()).messages).toHaveLength(2);
    expect(await order({ kind: 'explode' })).toMatchObject({ ok: false });
  });
});
