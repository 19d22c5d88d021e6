import { containerName } from '../docker/container-name.ts';
import type { ContainerSummary } from '../docker/schemas.ts';

/** Whose an upstream address is, as far as this Docker engine knows. */
export interface AddressOwner {
  /** `free`: in a network of containers, but no running one has it. `elsewhere`: no address of a container. */
  readonly kind: 'container' | 'free' | 'elsewhere' | 'unknown';
  readonly container?: string;
}

interface OwnedAddress {
  readonly address: number;
  readonly bits: number;
  readonly container: string;
}

/** Tells whose IPv4 addresses are, out of the list of containers. Undefined containers: nobody could be asked. */
export function createAddressOwners(
  containers: readonly ContainerSummary[] | undefined,
): (upstream: string) => AddressOwner {
  const running = (containers ?? []).filter(({ State }) => State === 'running');
  const owned = running.flatMap(toOwned);
  const gateways = new Set(running.flatMap(gatewaysOf));
  return (upstream) => {
    const address = toNumber(upstream.replace(/:\d+$/, ''));
    if (containers === undefined || address === undefined) return { kind: 'unknown' };
    const owner = owned.find((candidate) => candidate.address === address);
    if (owner) return { kind: 'container', container: owner.container };
    if (gateways.has(address)) return publishedBy(running, upstream);
    const isNear = owned.some((other) => sameNetwork(address, other));
    return { kind: isNear ? 'free' : 'elsewhere' };
  };
}

/** At the gateway of a network is the machine itself, with the ports that containers publish. */
function publishedBy(running: readonly ContainerSummary[], upstream: string): AddressOwner {
  const port = portOf(upstream);
  const owner = running.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  return owner ? { kind: 'container', container: containerName(owner) } : { kind: 'elsewhere' };
}

/** The port of `10.0.0.5:3000`; undefined where there is none. */
export function portOf(upstream: string): number | undefined {
  const port = /:(\d{1,5})$/.exec(upstream)?.[1];
  return port === undefined ? undefined : Number(port);
}

function gatewaysOf({ NetworkSettings }: ContainerSummary): readonly number[] {
  return Object.values(NetworkSettings?.Networks ?? {}).flatMap(
    ({ Gateway }) => toNumber(Gateway ?? '') ?? [],
  );
}

function toOwned(summary: ContainerSummary): readonly OwnedAddress[] {
  const container = containerName(summary);
  return Object.values(summary.NetworkSettings?.Networks ?? {}).flatMap(({ IPAddress, IPPrefixLen }) => {
    const address = toNumber(IPAddress ?? '');
    return address === undefined ? [] : [{ address, bits: IPPrefixLen ?? 32, container }];
  });
}

function sameNetwork(address: number, { address: other, bits }: OwnedAddress): boolean {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(other / size);
}

function toNumber(ip: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
