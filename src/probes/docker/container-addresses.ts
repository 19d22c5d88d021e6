import { BlockList, isIPv4 } from 'node:net';
import { containerName } from './container-name.ts';
import type { ContainerSummary } from './schemas.ts';

/** Which container an address leads to, as far as its Docker engine knows. */
export interface ContainerAddresses {
  /** Name of the container that has the address. */
  ownerOf(address: string): string | undefined;
  /** Name of the container that publishes the TCP port, when the address is the Docker host as containers see it. */
  publisherOf(address: string, port: number): string | undefined;
  /** True for the Docker host as containers see it. */
  isHost(address: string): boolean;
  /** True for an IPv4 address in a network that one of the containers is in. */
  isInNetwork(address: string): boolean;
}

/** Looks up the addresses of these containers. */
export function createContainerAddresses(containers: readonly ContainerSummary[]): ContainerAddresses {
  const interfaces = containers.flatMap(interfacesOf);
  const owners = new Map(
    interfaces.flatMap(({ name, addresses }) => addresses.map((address) => [address, name] as const)),
  );
  const gateways = new Set(interfaces.flatMap((one) => one.gateways));
  const publishers = new Map(containers.flatMap(publishedBy));
  const networks = new BlockList();
  for (const { addresses, prefixLength } of interfaces)
    for (const address of addresses.filter(isIPv4)) networks.addSubnet(address, prefixLength);
  return {
    ownerOf: (address) => owners.get(address),
    publisherOf: (address, port) => (gateways.has(address) ? publishers.get(port) : undefined),
    isHost: (address) => gateways.has(address),
    isInNetwork: (address) => isIPv4(address) && networks.check(address),
  };
}

/** What a container has in each of its networks. A stopped one has empty addresses. */
function interfacesOf(container: ContainerSummary) {
  const name = containerName(container);
  return Object.values(container.NetworkSettings?.Networks ?? {}).map((network) => ({
    name,
    addresses: [network.IPAddress, network.GlobalIPv6Address].filter(isGiven),
    gateways: [network.Gateway, network.IPv6Gateway].filter(isGiven),
    prefixLength: network.IPPrefixLen ?? 32,
  }));
}

function publishedBy(container: ContainerSummary): readonly (readonly [port: number, name: string])[] {
  return container.Ports.flatMap(({ PublicPort, Type }) =>
    PublicPort !== undefined && Type === 'tcp' ? [[PublicPort, containerName(container)] as const] : [],
  );
}

function isGiven(address: string | null | undefined): address is string {
  return address !== undefined && address !== null && address !== '';
}
