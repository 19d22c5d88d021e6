import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  GENERAL,
  PNG,
  RANDOM,
  type RunningWorkspace,
  startWorkspace,
  uploadBytes,
} from './support/start-workspace.ts';

let directory: string;
let opened: RunningWorkspace[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'perfbot-workspace-'));
  opened = [];
});
afterEach(async () => {
  for (const running of opened) await running.close();
  rmSync(directory, { recursive: true });
});

/** Opens it without closing the one before, as after kill -9. */
async function start(now: () => number = Date.now): Promise<RunningWorkspace> {
  const running = await startWorkspace({ directory, now });
  opened.push(running);
  return running;
}
const journal = () => join(directory, 'journal.jsonl');

describe('a restart', () => {
  it('finds everything as it was: threads, edits, deletions, files, memberships, answers', async () => {
    const before = await start();
    const { slack } = before;
    const { ts = '' } = await slack.chat.postMessage({ channel: GENERAL, text: 'Parent' });
    await slack.chat.postMessage({ channel: GENERAL, text: 'Reply', thread_ts: ts });
    await slack.chat.update({ channel: GENERAL, ts, text: 'Edited' });
    const gone = await slack.chat.postMessage({ channel: GENERAL, text: 'Gone' });
    await slack.chat.delete({ channel: GENERAL, ts: gone.ts ?? '' });
    await slack.conversations.join({ channel: RANDOM });
    await slack.chat.postEphemeral({ channel: GENERAL, user: 'U0YOU00001', text: 'Psst' });
    const id = await uploadBytes(before, 'a.png', PNG);
    await slack.files.completeUploadExternal({ channel_id: GENERAL, files: [{ id, title: 'A' }] });
    await expect
      .poll(async () => (await before.state()).messages.at(-1)?.files?.[0]?.ready, { timeout: 5000 })
      .toBe(true);
    const after = await start();
    const state = await after.state();
    expect(state).toEqual(await before.state());
    expect(state.messages.map(({ text }) => text)).toEqual(['Edited', 'Reply', expect.any(String), '']);
    const picture = await fetch(`${after.base}${state.messages.at(-1)?.files?.[0]?.url}`);
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(PNG);
  });

  it('leaves a torn last line out and goes on after it', async () => {
    const before = await start();
    await before.slack.chat.postMessage({ channel: GENERAL, text: 'Kept' });
    appendFileSync(journal(), '{"kind":"messages","key":"C0GENERAL1/9","val');
    const between = await start();
    await between.slack.chat.postMessage({ channel: GENERAL, text: 'Later' });
    const texts = (await (await start()).state()).messages.map(({ text }) => text);
    expect(texts).toEqual(['Kept', 'Later']);
  });

  it('never gives the same number again, also for deleted messages and a clock that went back', async () => {
    const before = await start(() => 2_000_000_000_000);
    const first = await before.slack.chat.postMessage({ channel: GENERAL, text: 'x' });
    await before.slack.chat.delete({ channel: GENERAL, ts: first.ts ?? '' });
    await start(() => 1_000_000_000_000);
    const after = await start(() => 1_000_000_000_000);
    const second = await after.slack.chat.postMessage({ channel: GENERAL, text: 'x' });
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
  });

  it('forgets the oldest beyond 2000 messages, but no beginning of a living thread', async () => {
    const before = await start();
    const { ts = '' } = await before.slack.chat.postMessage({ channel: GENERAL, text: 'Parent' });
    const lines = Array.from({ length: 2100 }, (_, index) => {
      const at = `${2_000_000_000 + index}.000000`;
      const reply = index === 2099 ? { thread_ts: ts } : {};
      const value = { channel: GENERAL, ts: at, user: 'U0YOU00001', text: `${index}`, ...reply };
      return `${JSON.stringify({ kind: 'messages', key: `${GENERAL}/${at}`, value })}\n`;
    });
    appendFileSync(journal(), lines.join(''));
    const { messages } = await (await start()).state();
    expect(messages).toHaveLength(2001);
    expect([messages[0]?.text, messages[1]?.text]).toEqual(['Parent', '100']);
    expect(readFileSync(journal(), 'utf8').split('\n').length).toBeLessThan(2020);
  });

  it('removes bytes that belong to no file', async () => {
    await start();
    appendFileSync(join(directory, 'files', 'F0STRAY.part'), 'x');
    await start();
    expect(readdirSync(join(directory, 'files'))).toEqual([]);
  });
});
