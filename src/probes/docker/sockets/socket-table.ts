import { parseProcAddress } from './addresses.ts';

/** States of TCP by their number in `/proc/net/tcp` (include/net/tcp_states.h of Linux). */
const STATES = {
  '01': 'established',
  '02': 'syn sent',
  '03': 'syn received',
  '04': 'fin wait 1',
  '05': 'fin wait 2',
  '06': 'time wait',
  '07': 'closed',
  '08': 'close wait',
  '09': 'last ack',
  '0A': 'listening',
  '0B': 'closing',
  '0C': 'syn received',
} as const;
export type SocketState = (typeof STATES)[keyof typeof STATES];

/** One TCP socket at one moment. */
export interface TcpSocket {
  readonly state: SocketState;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  /** Bytes that were sent and not acknowledged yet. */
  readonly unsentBytes: number;
  /** Bytes that the program has not read yet; of a listening socket: connections that it has not accepted yet. */
  readonly unread: number;
}

/** Reads `/proc/<pid>/net/tcp` or `tcp6`; lines that are cut off or unknown are left out. */
export function parseSocketTable(text: string): readonly TcpSocket[] {
  // Thousands of sockets share a few addresses.
  const known = new Map<string, string | undefined>();
  const address = (hex: string) => {
    if (!known.has(hex)) known.set(hex, parseProcAddress(hex));
    return known.get(hex);
  };
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => parseSocket(line, address) ?? []);
}

function parseSocket(line: string, address: (hex: string) => string | undefined): TcpSocket | undefined {
  const [, localText, remoteText, stateText, queues] = line.trim().split(/\s+/, 5);
  const [localHex, localPort] = (localText ?? '').split(':');
  const [remoteHex, remotePort] = (remoteText ?? '').split(':');
  const [unsent, unread] = (queues ?? '').split(':');
  const state = Object.entries(STATES).find(([code]) => code === stateText)?.[1];
  const local = address(localHex ?? '');
  const remote = address(remoteHex ?? '');
  if (state === undefined || local === undefined || remote === undefined) return undefined;
  const numbers = [localPort, remotePort, unsent, unread].map((hex) => Number.parseInt(hex ?? '', 16));
  const [local_, remote_, unsentBytes, unreadCount] = numbers;
  if (local_ === undefined || remote_ === undefined || unsentBytes === undefined || unreadCount === undefined)
    return undefined;
  if (!numbers.every(Number.isFinite)) return undefined;
  return { state, local, localPort: local_, remote, remotePort: remote_, unsentBytes, unread: unreadCount };
}
