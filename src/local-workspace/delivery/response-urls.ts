import { z } from 'zod';
import { newTicket } from '../state/ids.ts';
import {
  addEphemeral,
  addMessage,
  changeEphemeral,
  changeMessage,
  findMessage,
  removeEphemeral,
  removeMessage,
} from '../state/messages.ts';
import type { StoredResponseUrl } from '../state/records.ts';
import { BOT, BOT_ID } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { refuseContent, toStored } from '../web-api/blocks.ts';
import { flag, json, optionalText } from '../web-api/method.ts';
import { SlackRefusal } from '../web-api/refusal.ts';

const MOST_USES = 5;
const VALID_MS = 30 * 60_000;

/** What an app sends to a response_url, or answers to a command. */
const Response = z.object({
  text: z.unknown().optional(),
  blocks: json('invalid_blocks_format'),
  attachments: json('invalid_attachments'),
  metadata: json('invalid_metadata_format'),
  response_type: z.string().optional(),
  replace_original: flag,
  delete_original: flag,
  thread_ts: optionalText,
});
type Response = z.infer<typeof Response>;

/** Makes the address for one command or press; answers its id. */
export function issueResponseUrl(
  { store, now }: Workspace,
  about: Omit<StoredResponseUrl, 'id' | 'createdAt' | 'uses'>,
): string {
  const id = newTicket();
  store.responseUrls.put(id, { ...about, id, createdAt: now(), uses: 0 });
  return id;
}

/** A request to a response_url. @throws SlackRefusal */
export function useResponseUrl(workspace: Workspace, id: string, body: unknown): void {
  const { store, now } = workspace;
  const url = store.responseUrls.get(id);
  if (url === undefined) throw new SlackRefusal('invalid_url');
  if (now() - url.createdAt > VALID_MS) throw new SlackRefusal('expired_url');
  if (url.uses >= MOST_USES) throw new SlackRefusal('used_url');
  store.responseUrls.put(id, { ...url, uses: url.uses + 1 });
  respond(workspace, id, body);
}

/** Shows what an app answers: new, in place of the first message, or by taking that back. @throws SlackRefusal */
export function respond(workspace: Workspace, id: string, body: unknown): void {
  const url = workspace.store.responseUrls.get(id);
  if (url === undefined) throw new SlackRefusal('invalid_url');
  const parsed = Response.safeParse(body);
  if (!parsed.success) throw new SlackRefusal('invalid_arguments');
  const response = parsed.data;
  if (response.delete_original) {
    deleteOriginal(workspace, url);
    return;
  }
  refuseContent(workspace, response);
  if (response.replace_original && replaceOriginal(workspace, url, response)) return;
  const original = addNew(workspace, url, response);
  // What a command was answered first is what its later answers may replace.
  if (url.original === undefined) {
    const current = workspace.store.responseUrls.get(id) ?? url;
    workspace.store.responseUrls.put(id, { ...current, original });
  }
}

function addNew(
  workspace: Workspace,
  url: StoredResponseUrl,
  response: Response,
): NonNullable<StoredResponseUrl['original']> {
  const threadTs = response.thread_ts ?? url.threadTs;
  const draft = {
    channel: url.channel,
    user: BOT.id,
    bot_id: BOT_ID,
    ...toStored(response),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  };
  if (response.response_type === 'in_channel') return { ts: addMessage(workspace, draft).ts };
  return { ephemeralId: addEphemeral(workspace, { ...draft, forUser: url.user }).id };
}

/** False when there is nothing (any more) to replace. */
function replaceOriginal(workspace: Workspace, url: StoredResponseUrl, response: Response): boolean {
  const { original } = url;
  if (original === undefined) return false;
  const content = toStored(response);
  if ('ephemeralId' in original) {
    const ephemeral = workspace.store.ephemerals.get(original.ephemeralId);
    if (ephemeral === undefined) return false;
    const { blocks, attachments, ...rest } = ephemeral;
    changeEphemeral(workspace, { ...rest, ...content });
    return true;
  }
  const message = findMessage(workspace, url.channel, original.ts);
  if (message === undefined || message.user !== BOT.id) return false;
  const { blocks, attachments, ...rest } = message;
  changeMessage(workspace, { ...rest, ...content });
  return true;
}

function deleteOriginal(workspace: Workspace, url: StoredResponseUrl): void {
  const { original } = url;
  if (original === undefined) return;
  if ('ephemeralId' in original) {
    removeEphemeral(workspace, original.ephemeralId);
    return;
  }
  const message = findMessage(workspace, url.channel, original.ts);
  if (message?.user === BOT.id) removeMessage(workspace, message);
}
