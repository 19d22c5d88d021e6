import type { ContainerAddresses } from '../container-addresses.ts';
import { isLoopback } from './addresses.ts';

/** The container behind an address and port, as far as the engine knows; undefined for everything else. */
export type PeerNames = (address: string, port: number) => string | undefined;

/** Names the peers of a container: itself, the container that has the address, or the one that the Docker host forwards to. */
export function createPeerNames(addresses: ContainerAddresses, self: string): PeerNames {
  return (address, port) =>
    isLoopback(address) ? self : (addresses.ownerOf(address) ?? addresses.publisherOf(address, port));
}
