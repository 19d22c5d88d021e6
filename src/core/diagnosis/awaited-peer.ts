import type { Service } from '../inventory/service.ts';
import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import { containerViews } from './container-view.ts';
import type { Facts } from './facts.ts';
import { storesOf } from './idle-stores.ts';
import { type Peer, peersOf } from './peers.ts';
import { slowPeer } from './trace-evidence.ts';

/** Requests that wait hold a connection each; a few connections are there in any case. */
const MANY_CONNECTIONS = 5;
/** perfbot looks into a Node process through this port of its loopback: no call of the process itself. */
const INSPECTOR = /^(?:127\.\d+\.\d+\.\d+|\[::1\]):9229$/;

/** True when a peer is probably waited for: a single connection that is kept open, to a collector of traces say, is none. */
export function isTelling({ unanswered, connections }: Peer): boolean {
  return unanswered > 0 || connections >= MANY_CONNECTIONS;
}

/** The one that most connections go to, leaving out databases and caches, and perfbot's own look inside. */
export function likelyPeer(peers: readonly Peer[], stores: readonly Service[]): Peer | undefined {
  return peers.find((peer) => !isStore(peer, stores) && !INSPECTOR.test(peer.endpoint));
}

/** A store outside of Docker is known by its port alone: its address in the inventory is a name. */
function isStore({ service, port }: Peer, stores: readonly Service[]): boolean {
  return stores.some(
    ({ name, aliases }) => name === service?.name || aliases.some((alias) => alias.endsWith(`:${port}`)),
  );
}

/** Connections to a peer in words. */
export function connectionText({ connections, unanswered }: Peer): string {
  const open = `${formatValue(connections, 'count')} open ${connections === 1 ? 'connection' : 'connections'}`;
  return unanswered > 0 ? `${open} and ${formatValue(unanswered, 'count')} that get no answer` : open;
}

/** Another service that the requests of a service may wait for, by its traces or its connections. */
export function awaitedPeer(facts: Facts, service: Service): EvidenceLine | undefined {
  const traced = slowPeer(facts, service);
  if (traced !== undefined) return traced.line;
  const container = containerViews(facts).find((view) => view.service === service.name);
  const peers = peersOf(container, facts);
  const peer = likelyPeer(peers, storesOf(service, facts, peers).services);
  if (peer === undefined || !isTelling(peer)) return undefined;
  return {
    probe: 'docker.sockets',
    metric: 'peers',
    value: peer.connections + peer.unanswered,
    unit: 'count',
    text: `it may wait for somebody else: ${connectionText(peer)} to ${peer.label}`,
  };
}
