import { isIPv4 } from 'node:net';
import type { ContainerAddresses } from '../docker/container-addresses.ts';

/** Whose an upstream address is, as far as the Docker engine knows. */
export interface AddressOwner {
  /** `free`: in a network of containers, but no running one has it. `elsewhere`: no address of a container. */
  readonly kind: 'container' | 'free' | 'elsewhere' | 'unknown';
  readonly container?: string;
}

/** Tells whose the IPv4 address of an upstream server is. Undefined addresses: nobody could be asked. */
export function ownerOfUpstream(addresses: ContainerAddresses | undefined, upstream: string): AddressOwner {
  const address = upstream.replace(/:\d+$/, '');
  if (addresses === undefined || !isIPv4(address)) return { kind: 'unknown' };
  const container = addresses.ownerOf(address);
  if (container !== undefined) return { kind: 'container', container };
  return { kind: addresses.isInNetwork(address) ? 'free' : 'elsewhere' };
}
