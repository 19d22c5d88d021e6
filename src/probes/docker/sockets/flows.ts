import type { NetworkReading } from './network-reading.ts';
import type { TcpSocket } from './socket-table.ts';

/** Connections with one peer: with one port of it when the container connects, with all of it when the peer does. */
export interface Flow {
  readonly address: string;
  /** The port of the peer that the container calls, or the port of the container that the peer calls. */
  readonly port: number;
  readonly established: number;
  /** Connections that the peer has not answered yet. */
  readonly unanswered: number;
  /** Connections that the peer has closed and the container has not. */
  readonly closeWait: number;
  readonly timeWait: number;
  /** Connections that were not there in the first reading. */
  readonly opened: number;
  /** Bytes that lay unread, or unacknowledged, in both readings. */
  readonly unreadBytes: number;
  readonly unsentBytes: number;
}

/** A listening port: how many connections waited to be accepted. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly waitingBefore: number;
  readonly waiting: number;
}

export interface Flows {
  /** Most connections first. */
  readonly outgoing: readonly Flow[];
  readonly incoming: readonly Flow[];
  /** Longest queue first. */
  readonly listeners: readonly Listener[];
}

/** Connections by peer and direction. A connection to a port on which the container listens came from outside. */
export function toFlows(before: NetworkReading, after: NetworkReading): Flows {
  const listening = new Set(
    after.sockets.filter(({ state }) => state === 'listening').map(({ localPort }) => localPort),
  );
  const known = new Map(before.sockets.map((socket) => [keyOf(socket), socket]));
  const outgoing = new Map<string, Flow>();
  const incoming = new Map<string, Flow>();
  for (const socket of after.sockets) {
    if (socket.state === 'listening') continue;
    const isIncoming = listening.has(socket.localPort);
    const port = isIncoming ? socket.localPort : socket.remotePort;
    const flows = isIncoming ? incoming : outgoing;
    const key = `${socket.remote} ${port}`;
    flows.set(
      key,
      withSocket(flows.get(key) ?? emptyFlow(socket.remote, port), socket, known.get(keyOf(socket))),
    );
  }
  const most = (a: Flow, b: Flow) => sizeOf(b) - sizeOf(a) || b.timeWait - a.timeWait;
  return {
    outgoing: [...outgoing.values()].sort(most),
    incoming: [...incoming.values()].sort(most),
    listeners: toListeners(before, after),
  };
}

/** The connections that hold a descriptor of the container. */
export function sizeOf({ established, unanswered, closeWait }: Flow): number {
  return established + unanswered + closeWait;
}

function keyOf({ local, localPort, remote, remotePort }: TcpSocket): string {
  return `${local} ${localPort} ${remote} ${remotePort}`;
}

function emptyFlow(address: string, port: number): Flow {
  const none = { established: 0, unanswered: 0, closeWait: 0, timeWait: 0 };
  return { address, port, ...none, opened: 0, unreadBytes: 0, unsentBytes: 0 };
}

function withSocket(flow: Flow, socket: TcpSocket, earlier: TcpSocket | undefined): Flow {
  const { state } = socket;
  return {
    ...flow,
    established: flow.established + Number(state === 'established'),
    unanswered: flow.unanswered + Number(state === 'syn sent'),
    closeWait: flow.closeWait + Number(state === 'close wait'),
    timeWait: flow.timeWait + Number(state === 'time wait'),
    opened: flow.opened + Number(earlier === undefined),
    // What lies there for an instant says nothing: only what lay there twice counts.
    unreadBytes: flow.unreadBytes + Math.min(socket.unread, earlier?.unread ?? 0),
    unsentBytes: flow.unsentBytes + Math.min(socket.unsentBytes, earlier?.unsentBytes ?? 0),
  };
}

/** Several processes may listen on the same port (SO_REUSEPORT): they are one listener. */
function toListeners(before: NetworkReading, after: NetworkReading): readonly Listener[] {
  const listeners = new Map<string, Listener>();
  for (const { state, local, localPort, unread } of after.sockets) {
    if (state !== 'listening') continue;
    const known = listeners.get(`${local} ${localPort}`);
    listeners.set(`${local} ${localPort}`, {
      address: local,
      port: localPort,
      waiting: (known?.waiting ?? 0) + unread,
      waitingBefore: 0,
    });
  }
  for (const { state, local, localPort, unread } of before.sockets) {
    const known = listeners.get(`${local} ${localPort}`);
    if (state !== 'listening' || known === undefined) continue;
    listeners.set(`${local} ${localPort}`, { ...known, waitingBefore: known.waitingBefore + unread });
  }
  return [...listeners.values()].sort((a, b) => standing(b) - standing(a) || a.port - b.port);
}

/** Connections that waited at both readings. */
export function standing({ waiting, waitingBefore }: Listener): number {
  return Math.min(waiting, waitingBefore);
}
