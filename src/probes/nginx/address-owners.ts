import { isIPv4 } from 'node:net';
import { createContainerAddresses } from '../docker/container-addresses.ts';
import type { ContainerSummary } from '../docker/schemas.ts';

/** Whose an upstream address is, as far as this Docker engine knows. */
export interface AddressOwner {
  /** `free`: in a network of containers, but no running one has it. `elsewhere`: no address of a container. */
  readonly kind: 'container' | 'free' | 'elsewhere' | 'unknown';
  readonly container?: string;
}

/** Tells whose IPv4 addresses are, out of the list of containers. Undefined containers: nobody could be asked. */
export function createAddressOwners(
  containers: readonly ContainerSummary[] | undefined,
): (upstream: string) => AddressOwner {
  const running = containers?.filter(({ State }) => State === 'running');
  const addresses = running && createContainerAddresses(running);
  return (upstream) => {
    const address = upstream.replace(/:\d+$/, '');
    if (addresses === undefined || !isIPv4(address)) return { kind: 'unknown' };
    const port = portOf(upstream);
    const container =
      addresses.ownerOf(address) ?? (port === undefined ? undefined : addresses.publisherOf(address, port));
    if (container !== undefined) return { kind: 'container', container };
    return { kind: addresses.isInNetwork(address) && !addresses.isHost(address) ? 'free' : 'elsewhere' };
  };
}

/** The port of `10.0.0.5:3000`; undefined where there is none. */
export function portOf(upstream: string): number | undefined {
  const port = /:(\d{1,5})$/.exec(upstream)?.[1];
  return port === undefined ? undefined : Number(port);
}
