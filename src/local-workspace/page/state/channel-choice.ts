import type { Channel } from '../../protocol.ts';

/** The channel to show first: one where perfbot is, `incidents` before others. */
export function firstChannel(channels: readonly Channel[]): Channel | undefined {
  return (
    channels.find(({ name, botIsMember }) => botIsMember && name === 'incidents') ??
    channels.find(({ botIsMember }) => botIsMember) ??
    channels[0]
  );
}
