import { z } from 'zod';
import { newSlackId, newTicket } from '../state/ids.ts';
import { addMessage, announceChange, findMessage } from '../state/messages.ts';
import type { StoredFile } from '../state/records.ts';
import { BOT, BOT_ID } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { toApiFile } from './api-message.ts';
import { refuseContent, toStored } from './blocks.ts';
import { joinedChannel } from './channels.ts';
import { count, json, type Method, method, optionalText } from './method.ts';
import { findDeep, refusalOf, SlackRefusal } from './refusal.ts';

/** Larger uploads are refused. */
export const MOST_FILE_BYTES = 32 * 1024 * 1024;

const getUploadUrl = method(
  z.object({
    filename: z.string().min(1),
    length: count.pipe(z.number().positive().max(MOST_FILE_BYTES)),
    alt_text: optionalText,
    alt_txt: optionalText,
  }),
  ({ filename, length, alt_text, alt_txt }, { workspace, origin }) => {
    const id = newSlackId('F');
    const ticket = newTicket();
    workspace.store.files.put(id, {
      id,
      ticket,
      name: filename,
      title: filename,
      alt: alt_text ?? alt_txt ?? '',
      mimetype: '',
      size: length,
      created: workspace.now(),
      stage: 'announced',
      shares: [],
    });
    return { upload_url: `${origin}/local/upload/${id}/${ticket}`, file_id: id };
  },
);

const complete = method(
  z.object({
    files: json('invalid_arguments').pipe(
      z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1),
    ),
    channel_id: optionalText,
    channels: optionalText,
    thread_ts: optionalText,
    initial_comment: optionalText,
    blocks: json('invalid_blocks_format'),
  }),
  (args, { workspace, processingMs }) => {
    if (args.thread_ts !== undefined && args.channel_id === undefined) {
      throw refusalOf('invalid_arguments', ['thread_ts needs channel_id']);
    }
    const channels = [args.channel_id, ...(args.channels?.split(',') ?? [])].filter((id) => id !== undefined);
    for (const id of channels) joinedChannel(workspace, id);
    const content = captionOf(workspace, args);
    const titled = args.files.map(({ id, title }) => ({
      ...uploaded(workspace, id),
      ...(title && { title }),
    }));
    const files: StoredFile[] = titled.map((file) => ({
      ...file,
      stage: 'complete',
      readyAt: workspace.now() + processingMs,
    }));
    for (const file of files) workspace.store.files.put(file.id, file);
    for (const channel of channels) share(workspace, channel, { files, content, threadTs: args.thread_ts });
    workspace.later(processingMs + 1, () => files.forEach(({ id }) => void announceFile(workspace, id)));
    return { files: files.map(({ id, title }) => ({ id, title })) };
  },
);

const information = method(z.object({ file: z.string() }), ({ file: id }, { workspace, origin }) => {
  const file = workspace.store.files.get(id);
  if (file?.stage !== 'complete') throw new SlackRefusal('file_not_found');
  return { file: toApiFile(workspace, file, origin), comments: [], response_metadata: { next_cursor: '' } };
});

export const FILE_METHODS: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': complete,
  'files.info': information,
};

function uploaded({ store }: Workspace, id: string): StoredFile {
  const file = store.files.get(id);
  if (file === undefined || file.stage === 'announced') throw new SlackRefusal('file_not_found');
  if (file.stage === 'complete') throw new SlackRefusal('file_update_failed');
  return file;
}

/** A comment makes Slack ignore the blocks; a markdown block there breaks it (python-slack-sdk issue 1756). */
function captionOf(
  workspace: Workspace,
  { initial_comment: text, blocks }: { initial_comment?: string | undefined; blocks?: unknown },
): ReturnType<typeof toStored> {
  if (text !== undefined || !Array.isArray(blocks) || blocks.length === 0) {
    if (text !== undefined) refuseContent(workspace, { text });
    return toStored({ text });
  }
  refuseContent(workspace, { blocks });
  if (findDeep(blocks, 'type').some(({ found }) => found === 'markdown'))
    throw new SlackRefusal('internal_error');
  return toStored({ blocks });
}

function share(
  workspace: Workspace,
  channel: string,
  what: {
    files: readonly StoredFile[];
    content: ReturnType<typeof toStored>;
    threadTs: string | undefined;
  },
): void {
  const { store } = workspace;
  const { ts, thread_ts } = addMessage(workspace, {
    channel,
    user: BOT.id,
    bot_id: BOT_ID,
    ...what.content,
    files: what.files.map(({ id }) => id),
    ...(what.threadTs !== undefined && { thread_ts: what.threadTs }),
  });
  for (const { id } of what.files) {
    const file = store.files.get(id);
    if (file)
      store.files.put(id, {
        ...file,
        shares: [...file.shares, { channel, ts, ...(thread_ts && { thread_ts }) }],
      });
  }
}

/** Tells the pages that the pictures of a file can be seen now. */
function announceFile(workspace: Workspace, id: string): void {
  for (const { channel, ts } of workspace.store.files.get(id)?.shares ?? []) {
    const message = findMessage(workspace, channel, ts);
    if (message) announceChange(workspace, message);
  }
}
