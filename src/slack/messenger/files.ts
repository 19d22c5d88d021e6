import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DeliveryError } from '../../engine/delivery-error.ts';
import type { MessageAddress, Messenger, UploadFile } from '../../engine/ports/message.ts';
import type { CallSlack } from './call-slack.ts';
import type { ChannelIds } from './channel-ids.ts';

const UPLOAD_TIMEOUT_MS = 10_000;
/** Slack makes the message of shared files a moment later. */
const MARK_PAUSES_MS = [200, 500, 1000, 2000];
/** Blocks that the caption of files may hold: others end in `internal_error` (python-slack-sdk issue 1756). */
const CAPTION_BLOCKS = new Set(['section', 'rich_text', 'context', 'header', 'divider']);

const UploadUrl = z.object({ upload_url: z.url(), file_id: z.string() });
const Shares = z.record(z.string(), z.array(z.object({ ts: z.string() })));
const FileInfo = z.object({
  file: z.object({
    shares: z.object({ public: Shares.optional(), private: Shares.optional() }).optional(),
  }),
});
const Anything = z.unknown();

/** Sends the bytes of one file; nobody sees it yet, so it may be done again. Answers its id. */
export async function uploadFile(call: CallSlack, file: UploadFile): Promise<string> {
  const { upload_url: url, file_id: id } = await call(
    'files.getUploadURLExternal',
    {
      filename: file.filename,
      length: file.bytes.byteLength,
      // The SDKs of Slack disagree on the name: Node sends alt_text, Python alt_txt. What is unknown is ignored.
      ...(file.alt !== undefined && { alt_text: file.alt, alt_txt: file.alt }),
    },
    { answer: UploadUrl, repeatable: 'repeatable' },
  );
  await sendBytes(url, file.bytes);
  return id;
}

async function sendBytes(url: string, bytes: Uint8Array): Promise<void> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
      redirect: 'error',
      signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    throw new DeliveryError('later', `http_${answer.status}`, { userMessage: 'Slack did not take a file.' });
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    throw new DeliveryError('later', 'upload_failed', {
      userMessage: 'Slack did not take a file.',
      cause: error,
    });
  }
}

/** Shares uploaded files in one message. It cannot take metadata: the file ids are what it is found by, see `markShared`. */
export async function shareFiles(
  call: CallSlack,
  channels: ChannelIds,
  { fileIds, titles, channel, threadTs, content }: Parameters<Messenger['shareFiles']>[0],
): Promise<void> {
  await call(
    'files.completeUploadExternal',
    {
      files: fileIds.map((id, index) => ({ id, title: titles[index] ?? id })),
      channel_id: await channels.resolve(channel),
      ...(threadTs !== undefined && { thread_ts: threadTs }),
      blocks: content.blocks.filter(({ type }) => CAPTION_BLOCKS.has(String(type))),
    },
    { answer: Anything, repeatable: 'once' },
  );
}

/** Where a file is to be seen; undefined while Slack still works on it. */
export async function findShared(
  call: CallSlack,
  channels: ChannelIds,
  { fileId, channel }: { fileId: string; channel: string },
): Promise<MessageAddress | undefined> {
  const id = await channels.resolve(channel);
  const { file } = await call('files.info', { file: fileId }, { answer: FileInfo, repeatable: 'repeatable' });
  const ts = [file.shares?.public, file.shares?.private].flatMap((shares) => shares?.[id] ?? [])[0]?.ts;
  return ts === undefined ? undefined : { channel: id, ts };
}

/**
 * Gives the message of shared files its metadata, once Slack has made the message. Best effort: the files are shared
 * whatever comes of it. An update without text and blocks leaves both as they are.
 */
export async function markShared(
  call: CallSlack,
  channels: ChannelIds,
  { fileIds, channel, content }: Parameters<Messenger['shareFiles']>[0],
  pausesMs: readonly number[] = MARK_PAUSES_MS,
): Promise<void> {
  const [fileId] = fileIds;
  if (fileId === undefined) return;
  try {
    for (const pause of pausesMs) {
      const address = await findShared(call, channels, { fileId, channel });
      if (address) {
        await call(
          'chat.update',
          { ...address, metadata: content.metadata },
          { answer: Anything, repeatable: 'repeatable' },
        );
        return;
      }
      await sleep(pause);
    }
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
}
