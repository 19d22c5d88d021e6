import { commandFields, eventPayload } from '../delivery/payloads.ts';
import { issueResponseUrl, respond } from '../delivery/response-urls.ts';
import type { ToPerfbot } from '../delivery/to-perfbot.ts';
import type { PostAnswer, PostedMessage } from '../protocol.ts';
import { addMessage, findMessage } from '../state/messages.ts';
import type { StoredChannel } from '../state/records.ts';
import { BOT, COMMANDS, ME, USERS } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';
import { SlackRefusal } from '../web-api/refusal.ts';

/** What a press or a word of the page needs. */
export interface Acting {
  readonly workspace: Workspace;
  readonly toPerfbot: ToPerfbot;
  /** The address of a response_url by its id. */
  readonly responseUrl: (id: string) => string;
}

const COMMAND = /^(\/\S+)\s*([\s\S]*)$/;

/** What "you" typed: a slash command, or a message. */
export async function say(
  acting: Acting,
  { channel: id, text, threadTs }: PostedMessage,
): Promise<PostAnswer> {
  const { workspace } = acting;
  const channel = workspace.store.channels.get(id);
  if (channel === undefined) return { ok: false, error: 'channel_not_found' };
  const [, command, rest = ''] = COMMAND.exec(text.trim()) ?? [];
  if (command !== undefined) return runCommand(acting, { channel, command, text: rest, threadTs });
  if (threadTs !== undefined && !findMessage(workspace, id, threadTs)) {
    return { ok: false, error: 'thread_not_found' };
  }
  const message = addMessage(workspace, {
    channel: id,
    user: ME.id,
    text: encodeTyped(workspace, text, 'message'),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  });
  const type = channel.directWith !== undefined ? 'message' : 'app_mention';
  const heard =
    channel.members.includes(BOT.id) && (type === 'message' || message.text.includes(`<@${BOT.id}>`));
  if (heard) {
    const payload = eventPayload(message, { type, now: workspace.now() });
    void acting.toPerfbot.deliver({ name: type, envelope: 'events_api', payload });
  }
  return { ok: true };
}

async function runCommand(
  { workspace, toPerfbot, responseUrl }: Acting,
  typed: { channel: StoredChannel; command: string; text: string; threadTs: string | undefined },
): Promise<PostAnswer> {
  const { channel, command, text, threadTs } = typed;
  if (!COMMANDS.some((known) => known.command === command)) {
    return {
      ok: false,
      error: `${command} is not a valid command. Messages that start with "/" are commands.`,
    };
  }
  if (threadTs !== undefined) return { ok: false, error: `${command} can't be used in threads` };
  const id = issueResponseUrl(workspace, { user: ME.id, channel: channel.id });
  const payload = commandFields(workspace, {
    command,
    channel,
    text: encodeTyped(workspace, text, 'command'),
    responseUrl: responseUrl(id),
  });
  const receipt = await toPerfbot.deliver({ name: 'slash_commands', envelope: 'slash_commands', payload });
  if (!receipt.ok) return { ok: false, error: `${command} failed with the error "${receipt.error}"` };
  if (receipt.body === undefined) return { ok: true };
  try {
    respond(workspace, id, typeof receipt.body === 'string' ? { text: receipt.body } : receipt.body);
    return { ok: true };
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    workspace.log.warn({ answer: error.answer }, 'the answer to a command breaks the rules of Slack');
    return { ok: false, error: `${command} failed with the error "${error.code}"` };
  }
}

/** As Slack hands typed text on: three characters escaped, `@name` and `#channel` as mentions, in commands with names. */
function encodeTyped({ store }: Workspace, text: string, kind: 'message' | 'command'): string {
  const named = (mark: string, id: string, name: string) =>
    kind === 'command' ? `<${mark}${id}|${name}>` : `<${mark}${id}>`;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .replace(/(?<![\w@])@([\w.-]+)/g, (typed, name: string) => {
      const user = USERS.find((entry) => entry.name === name);
      return user ? named('@', user.id, name) : typed;
    })
    .replace(/(?<![\w#&])#([\w-]+)/g, (typed, name: string) => {
      const channel = store.channels.all().find((entry) => entry.name === name);
      return channel ? named('#', channel.id, name) : typed;
    });
}
