import { z } from 'zod';
import { DeliveryError } from '../../engine/delivery-error.ts';
import type { CallSlack } from './call-slack.ts';
import type { ChannelIds } from './channel-ids.ts';

const ChannelInfo = z.object({
  channel: z.object({
    is_member: z.boolean().optional(),
    is_private: z.boolean().optional(),
    is_im: z.boolean().optional(),
  }),
});

/** False when a message to the channel would be refused for good: a private channel or conversation without perfbot. */
export async function canPost(call: CallSlack, channels: ChannelIds, channel: string): Promise<boolean> {
  try {
    const id = await channels.resolve(channel);
    const answer = await call(
      'conversations.info',
      { channel: id },
      { answer: ChannelInfo, repeatable: 'repeatable' },
    );
    return (
      answer.channel.is_member === true || answer.channel.is_im === true || answer.channel.is_private !== true
    );
  } catch (error) {
    if (error instanceof DeliveryError)
      return error.outcome !== 'permanent' || error.code === 'missing_scope';
    throw error;
  }
}
