import type { Messenger } from '../engine/ports/message.ts';

/** What commands need of the messenger. */
type Reachable = Pick<Messenger, 'canPost' | 'channelId' | 'publishHome' | 'linkTo'>;

/** Commands come in over the connection that the messenger goes out by: whoever is asked before it is there waits for it. */
export function createLaterMessenger(): {
  readonly reachable: Reachable;
  connected(messenger: Messenger): void;
} {
  let connected: (messenger: Messenger) => void = () => {};
  const messenger = new Promise<Messenger>((resolve) => {
    connected = resolve;
  });
  return {
    reachable: {
      canPost: async (channel) => (await messenger).canPost(channel),
      channelId: async (channel) => (await messenger).channelId(channel),
      publishHome: async (...view) => (await messenger).publishHome(...view),
      linkTo: async (address) => (await messenger).linkTo(address),
    },
    connected,
  };
}
