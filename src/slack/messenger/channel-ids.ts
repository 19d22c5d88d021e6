import { z } from 'zod';
import { DeliveryError } from '../../engine/delivery-error.ts';
import type { CallSlack } from './call-slack.ts';
import { DELIVERY_CODES } from './delivery-codes.ts';
import { toDeliveryError } from './to-delivery-error.ts';

const MOST_PAGES = 50;
const PAGE = 200;

const ChannelList = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string().optional() })),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
});

export interface ChannelIds {
  /** `#general`, `general` or an id to the id. @throws DeliveryError `channel_not_found` */
  resolve(channel: string): Promise<string>;
  /** Looks the name up anew next time. */
  forget(channel: string): void;
}

/** Ids of channels by name, remembered: the list of channels is slow and tightly limited. */
export function createChannelIds(call: CallSlack): ChannelIds {
  const known = new Map<string, string>();
  let running: Promise<void> | undefined;
  const refresh = () => {
    running ??= readAll(call, known).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    async resolve(channel) {
      if (isChannelId(channel)) return channel;
      const name = toName(channel);
      if (!known.has(name)) await refresh();
      const id = known.get(name);
      if (id !== undefined) return id;
      throw new DeliveryError('permanent', 'channel_not_found', {
        ...DELIVERY_CODES.channel_not_found,
        userMessage: `Slack shows perfbot no channel ${channel}.`,
      });
    },
    forget: (channel) => void known.delete(toName(channel)),
  };
}

function isChannelId(channel: string): boolean {
  return /^[CGD][A-Z0-9]{5,}$/.test(channel);
}

function toName(channel: string): string {
  return channel.trim().replace(/^#/, '').toLowerCase();
}

async function readAll(call: CallSlack, known: Map<string, string>): Promise<void> {
  try {
    await readPages(call, known, 'public_channel,private_channel');
  } catch (error) {
    // Without the scope for private channels the public ones can still be listed.
    if (toDeliveryError(error, 'repeatable').code !== 'missing_scope') throw error;
    await readPages(call, known, 'public_channel');
  }
}

async function readPages(call: CallSlack, known: Map<string, string>, types: string): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(
      'conversations.list',
      { types, exclude_archived: true, limit: PAGE, ...(cursor !== undefined && { cursor }) },
      { answer: ChannelList, repeatable: 'repeatable' },
    );
    for (const { id, name } of answer.channels) if (name !== undefined) known.set(name.toLowerCase(), id);
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return;
  }
}
