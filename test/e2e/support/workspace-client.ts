import type { Block, Message, PostAnswer, WorkspaceState } from '../../../src/local-workspace/protocol.ts';
import { eventually } from './eventually.ts';

/** A button of a message. */
interface Button {
  readonly block_id: string;
  readonly action_id: string;
  readonly value?: string;
}

/** What somebody in front of the workspace sees and does. */
export interface WorkspaceClient {
  state(): Promise<WorkspaceState>;
  /** Types a message or a slash command as "you"; default channel `#general`. */
  say(text: string, channel?: string): Promise<PostAnswer>;
  /** Presses the button with this action id. */
  press(message: Message, actionId: string): Promise<PostAnswer>;
  /** Presses the button with this action id of the last message that only "you" see. */
  pressEphemeral(actionId: string): Promise<PostAnswer>;
  misbehave(order: object): Promise<void>;
  /** Messages of perfbot that stand in a channel, not in a thread, oldest first. */
  channelMessages(): Promise<readonly Message[]>;
  /** The replies below a message, oldest first. */
  thread(ts: string): Promise<readonly Message[]>;
  /** Does something and waits for the message that only "you" see; gives its text. */
  answerTo(action: () => Promise<unknown>): Promise<string>;
  /** The bytes of a shared file. */
  file(url: string): Promise<Buffer>;
}

/** Uses the local workspace at this address like its page does. */
export function workspaceClient(base: string): WorkspaceClient {
  const root = base.replace(/\/$/, '');
  async function post(path: string, body: unknown): Promise<PostAnswer> {
    const answer = await fetch(`${root}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-perfbot-page': '1' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path} was answered with ${answer.status}: ${text}`);
    return text === '' ? { ok: true } : JSON.parse(text);
  }
  const client: WorkspaceClient = {
    async state() {
      const answer = await fetch(`${root}/local/state`);
      if (!answer.ok) throw new Error(`the workspace answered with ${answer.status}`);
      return (await answer.json()) as WorkspaceState;
    },
    async say(text, channel = 'general') {
      const { channels } = await client.state();
      const found = channels.find(({ name, id }) => name === channel || id === channel);
      if (found === undefined) throw new Error(`no channel ${channel}`);
      return post('/local/messages', { channel: found.id, text });
    },
    press(message, actionId) {
      const button = buttonsOf(message.blocks ?? []).find(({ action_id }) => action_id === actionId);
      if (button === undefined) throw new Error(`no button ${actionId} on: ${message.text}`);
      return post('/local/actions', {
        channel: message.channel,
        ts: message.ts,
        blockId: button.block_id,
        actionId,
        ...(button.value !== undefined && { value: button.value }),
      });
    },
    async pressEphemeral(actionId) {
      const shown = (await client.state()).ephemerals.at(-1);
      const button = buttonsOf(shown?.blocks ?? []).find(({ action_id }) => action_id === actionId);
      if (shown === undefined || button === undefined)
        throw new Error(`no button ${actionId} on: ${shown?.text}`);
      return post('/local/actions', {
        ephemeralId: shown.id,
        blockId: button.block_id,
        actionId,
        ...(button.value !== undefined && { value: button.value }),
      });
    },
    async misbehave(order) {
      await post('/local/misbehave', order);
    },
    async channelMessages() {
      const { messages, me } = await client.state();
      return messages
        .filter(({ threadTs, ts, user }) => (threadTs ?? ts) === ts && user !== me.id)
        .sort(byTime);
    },
    async thread(parent) {
      const { messages } = await client.state();
      return messages.filter(({ threadTs, ts }) => threadTs === parent && ts !== parent).sort(byTime);
    },
    async answerTo(action) {
      const before = new Set((await client.state()).ephemerals.map(({ id }) => id));
      await action();
      return eventually('a message for one person', async () => {
        const { ephemerals } = await client.state();
        return ephemerals.find(({ id }) => !before.has(id))?.text;
      });
    },
    async file(url) {
      const answer = await fetch(new URL(url, `${root}/`));
      if (!answer.ok) throw new Error(`the file was answered with ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
  return client;
}

function byTime(a: Message, b: Message): number {
  return Number(a.ts) - Number(b.ts);
}

/** All buttons of a message; Slack's own names. */
function buttonsOf(blocks: readonly Block[]): readonly Button[] {
  return blocks.flatMap((block) => {
    const elements = Array.isArray(block.elements) ? (block.elements as readonly Block[]) : [];
    return elements
      .filter(({ type }) => type === 'button')
      .map((element) => ({
        block_id: String(block.block_id ?? ''),
        action_id: String(element.action_id ?? ''),
        ...(typeof element.value === 'string' && { value: element.value }),
      }));
  });
}

/** Value of a message mark; every message of perfbot has some. */
export function markOf(message: Message, name: string): string | undefined {
  const value = message.metadata?.event_payload[name];
  return typeof value === 'string' ? value : undefined;
}
