import type { Channel } from '../../protocol.ts';

/** The channel to show first: one where perfbot is. */
export function firstChannel(channels: readonly Channel[]): Channel | undefined {
  return channels.find(({ botIsMember }) => botIsMember) ?? channels[0];
}
