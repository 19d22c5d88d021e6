import { DeliveryError } from '../../src/engine/delivery-error.ts';
import type { MessageAddress, MessageContent, Messenger } from '../../src/engine/ports/message.ts';

/** What happens at one call. `done…`: it took effect, and then the answer was lost or the process died. */
export type Fate =
  | 'ok'
  | 'later'
  | 'rate_limited'
  | 'refused'
  | 'unauthorized'
  | 'lost_before'
  | 'lost_after'
  | 'crash_before'
  | 'crash_after';

export type SlackCall = 'post' | 'update' | 'uploadFiles' | 'shareFiles' | 'findShared' | 'find';

/** Stands for a process that ends at this point: nobody handles it. */
export class Crash extends Error {}

export interface FakeMessage {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs: string | undefined;
  readonly key: string;
  content: MessageContent;
  readonly fileIds: readonly string[];
}

export interface FakeSlack extends Messenger {
  readonly messages: FakeMessage[];
  readonly calls: SlackCall[];
  /** Texts of one thread (or of the top level) as people see them. */
  thread(threadTs?: string): readonly string[];
}

/** Slack in memory. `fate` is asked at every call. */
export function fakeSlack(fate: (call: SlackCall) => Fate = () => 'ok'): FakeSlack {
  const messages: FakeMessage[] = [];
  const calls: SlackCall[] = [];
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const play = async <T>(call: SlackCall, act: () => T): Promise<T> => {
    calls.push(call);
    const decided = fate(call);
    const before = failureOf(decided, 'before', call);
    if (before) throw before;
    const result = act();
    const after = failureOf(decided, 'after', call);
    if (after) throw after;
    return result;
  };
  const add = (
    message: { channel: string; threadTs?: string; content: MessageContent },
    fileIds: readonly string[] = [],
  ): MessageAddress => {
    const ts = `${next()}.0`;
    const { channel, threadTs, content } = message;
    messages.push({ ts, channel, threadTs, key: content.metadata.event_payload.key, content, fileIds });
    return { channel, ts };
  };
  return {
    messages,
    calls,
    thread: (threadTs) =>
      messages.filter((message) => message.threadTs === threadTs).map(({ content }) => content.text),
    post: (message) => play('post', () => add(message)),
    update: ({ ts, content }) =>
      play('update', () => {
        const found = messages.find((message) => message.ts === ts);
        if (!found) throw new DeliveryError('permanent', 'message_not_found', { reason: 'not_found' });
        found.content = content;
      }),
    uploadFiles: (files) => play('uploadFiles', () => files.map(() => `F${next()}`)),
    shareFiles: ({ fileIds, ...message }) =>
      play('shareFiles', () => {
        add(message, fileIds);
      }),
    findShared: (fileId) =>
      play('findShared', () => {
        const found = messages.find(({ fileIds }) => fileIds.includes(fileId));
        return found && { channel: found.channel, ts: found.ts };
      }),
    find: ({ key, channel }) =>
      play('find', () => {
        const found = messages.find((message) => message.key === key && message.channel === channel);
        return found && { channel: found.channel, ts: found.ts };
      }),
    publishHome: async () => undefined,
    linkTo: async ({ channel, ts }) =>
      `https://example.slack.com/archives/${channel}/p${ts.replace('.', '')}`,
    canPost: async () => true,
    channelId: async (channel) => channel,
  };
}

function failureOf(fate: Fate, when: 'before' | 'after', call: SlackCall): Error | undefined {
  // Only what harms when it is done twice has an outcome that is not known; else it is just done again.
  const lost = call === 'post' || call === 'shareFiles' ? 'ambiguous' : 'later';
  if (when === 'after') {
    if (fate === 'lost_after') return new DeliveryError(lost, 'request_timeout');
    return fate === 'crash_after' ? new Crash() : undefined;
  }
  switch (fate) {
    case 'later':
      return new DeliveryError('later', 'service_unavailable');
    case 'rate_limited':
      return new DeliveryError('later', 'ratelimited', { retryAfterMs: 7000 });
    case 'refused':
      return new DeliveryError('permanent', 'invalid_blocks');
    case 'unauthorized':
      return new DeliveryError('permanent', 'token_revoked', { reason: 'unauthorized' });
    case 'lost_before':
      return new DeliveryError(lost, 'request_timeout');
    case 'crash_before':
      return new Crash();
    default:
      return undefined;
  }
}
