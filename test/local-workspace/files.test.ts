import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  GENERAL,
  PNG,
  RANDOM,
  type RunningWorkspace,
  refusal,
  startWorkspace,
  uploadBytes,
} from './support/start-workspace.ts';

let running: RunningWorkspace;
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  running = await startWorkspace({ now: () => Date.now() + aheadMs });
});
afterEach(() => running.close());

const upload = (name: string, bytes: Buffer) => uploadBytes(running, name, bytes);
const complete = (args: Record<string, unknown>) =>
  running.slack.apiCall('files.completeUploadExternal', { channel_id: GENERAL, ...args });
const fileOf = async (file: string) => (await running.slack.files.info({ file })).file;

describe('sharing files', () => {
  it('takes what filesUploadV2 of the SDK sends: two files in one message of a thread', async () => {
    const { ts } = await running.slack.chat.postMessage({ channel: GENERAL, text: 'Parent' });
    await running.slack.filesUploadV2({
      channel_id: GENERAL,
      thread_ts: ts ?? '',
      initial_comment: 'Two charts',
      file_uploads: [
        { file: PNG, filename: 'cpu.png', title: 'CPU', alt_text: 'CPU is high' },
        { file: PNG, filename: 'memory.png', title: 'Memory' },
      ],
    });
    const { messages } = await running.state();
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatchObject({
      threadTs: ts,
      text: 'Two charts',
      files: [
        { title: 'CPU', alt: 'CPU is high', mimetype: 'image/png' },
        { title: 'Memory', alt: '' },
      ],
    });
    const bytes = await fetch(`${running.base}${messages[1]?.files?.[0]?.url}`);
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(PNG);
  });

  it('works on a file for a moment: no shares, not usable in a block, then both', async () => {
    running.workspace.misbehave({
      method: 'files.completeUploadExternal',
      kind: 'file_not_ready',
      delayMs: 60_000,
    });
    const id = await upload('a.png', PNG);
    const image = { type: 'image', alt_text: 'A', slack_file: { id } };
    const post = () =>
      running.slack.apiCall('chat.postMessage', { channel: GENERAL, text: 'x', blocks: [image] });
    expect(await refusal(post())).toMatchObject({ error: 'invalid_blocks' });
    await complete({ files: [{ id, title: 'A' }] });
    expect(await fileOf(id)).not.toHaveProperty('shares');
    expect(await refusal(post())).toMatchObject({ error: 'invalid_blocks' });
    expect((await running.state()).messages[0]?.files?.[0]?.ready).toBe(false);
    aheadMs = 60_000;
    expect(await fileOf(id)).toHaveProperty('shares');
    const [message] = (await running.state()).messages;
    expect((await fileOf(id))?.shares?.public?.[GENERAL]?.[0]?.ts).toBe(message?.ts);
    expect(message?.files?.[0]?.ready).toBe(true);
    await post();
  });

  it('refuses steps out of order and files that do not exist', async () => {
    const { file_id } = await running.slack.files.getUploadURLExternal({ filename: 'a.png', length: 5 });
    expect(await refusal(complete({ files: [{ id: file_id }] }))).toMatchObject({ error: 'file_not_found' });
    expect(await refusal(complete({ files: [{ id: 'F1' }] }))).toMatchObject({ error: 'file_not_found' });
    expect(await refusal(fileOf(file_id ?? ''))).toMatchObject({ error: 'file_not_found' });
    const id = await upload('a.png', PNG);
    expect(await refusal(complete({ files: [{ id }], channel_id: RANDOM }))).toMatchObject({
      error: 'not_in_channel',
    });
    expect(
      await refusal(complete({ files: [{ id }], channel_id: undefined, thread_ts: '1.000000' })),
    ).toMatchObject({
      error: 'invalid_arguments',
    });
    const markdown = [{ type: 'markdown', text: 'x' }];
    expect(await refusal(complete({ files: [{ id }], blocks: markdown }))).toMatchObject({
      error: 'internal_error',
    });
    await complete({ files: [{ id }] });
    expect(await refusal(complete({ files: [{ id }] }))).toMatchObject({ error: 'file_update_failed' });
    const bare = running.slack.apiCall('files.getUploadURLExternal', { filename: 'a.png', length: 0 });
    expect(await refusal(bare)).toMatchObject({ error: 'invalid_arguments' });
  });

  it('takes bytes only at the address, as many as announced, raw or as a form', async () => {
    const { upload_url: url = '' } = await running.slack.files.getUploadURLExternal({
      filename: 'a.png',
      length: PNG.length,
    });
    const send = (to: string, body: FormData | Uint8Array<ArrayBuffer> | string) =>
      fetch(to, { method: 'POST', body }).then(({ status }) => status);
    const guessed = url.replace(/.$/, (last) => (last === '-' ? '_' : '-'));
    expect(await send(guessed, new Uint8Array(PNG))).toBe(404);
    expect(await send(url, 'short')).toBe(400);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(PNG)]), 'a.png');
    expect(await send(url, form)).toBe(200);
  });
});

describe('serving files', () => {
  const served = async (name: string, bytes: Buffer) => {
    const id = await upload(name, bytes);
    await complete({ files: [{ id }] });
    const url = (await running.state()).messages.at(-1)?.files?.[0]?.url;
    return fetch(`${running.base}${url}`);
  };

  it('shows pictures in place', async () => {
    const { headers } = await served('a "b".png', PNG);
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('content-disposition')).toBe("inline; filename*=UTF-8''a%20%22b%22.png");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['page.html', '<script>alert(1)</script>'],
    ['picture.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['lie.png', '<script>alert(1)</script>'],
    ['report.txt', 'long text'],
  ])('only lets %s be downloaded', async (name, text) => {
    const { headers } = await served(name, Buffer.from(text));
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('knows no other files', async () => {
    const id = await upload('a.png', PNG);
    const statuses = [`files/${id}/a.png`, 'files/F1/a.png', 'files/..%2f..%2fjournal.jsonl/x'].map((path) =>
      fetch(`${running.base}/local/${path}`).then(({ status }) => status),
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404]);
  });
});
