import { findService, type Service } from '../inventory/service.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import type { ContainerView } from './container-view.ts';
import type { Facts } from './facts.ts';

/** One that a container calls, by `docker.sockets`. */
export interface Peer {
  /** Address and port. */
  readonly endpoint: string;
  readonly port: number;
  /** For people: `payments (172.17.0.3:7000)`, or the endpoint alone. */
  readonly label: string;
  readonly container: string | undefined;
  /** Its service in the inventory. */
  readonly service: Service | undefined;
  /** Connections that were answered. */
  readonly connections: number;
  readonly unanswered: number;
  readonly opened: number;
  readonly timeWait: number;
  readonly unreadBytes: number;
}

/** Everyone that a container calls, most connections first; empty where its connections were not measured. */
export function peersOf(view: ContainerView | undefined, facts: Facts): readonly Peer[] {
  return view?.rows('sockets', 'peers').map((row) => toPeer(row, textIn(row, 'peer'), facts)) ?? [];
}

/** Everyone that calls a container. */
export function clientsOf(view: ContainerView | undefined, facts: Facts): readonly Peer[] {
  return view?.rows('sockets', 'clients').map((row) => toPeer(row, textIn(row, 'client'), facts)) ?? [];
}

function toPeer(row: Row, endpoint: string, facts: Facts): Peer {
  const container = textIn(row, 'name') || undefined;
  const labels = { ...(container && { container }), instance: endpoint };
  const service = findService(facts.inventory ?? facts.services, labels);
  const name = service?.name ?? container;
  const count = (column: string) => numberIn(row, column) ?? 0;
  return {
    endpoint,
    port: Number(endpoint.slice(endpoint.lastIndexOf(':') + 1)),
    label: name === undefined ? endpoint : `${name} (${endpoint})`,
    container,
    service,
    connections: count('connections'),
    unanswered: count('unanswered'),
    opened: count('opened'),
    timeWait: count('time_wait'),
    unreadBytes: count('unread_bytes'),
  };
}
