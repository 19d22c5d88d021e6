import { containerName } from '../container-name.ts';
import type { ContainerSummary } from '../schemas.ts';
import { isLoopback } from './addresses.ts';

/** The container behind an address and port, as far as the engine knows; undefined for everything else. */
export type PeerNames = (address: string, port: number) => string | undefined;

/**
 * Names peers of a container by the containers of its engine: by their address, or by the port that one publishes
 * when the peer is the gateway of a network, that is the Docker host.
 */
export function createPeerNames(containers: readonly ContainerSummary[], self: string): PeerNames {
  const networks = containers.flatMap((container) =>
    networksOf(container).map((network) => ({ name: containerName(container), network })),
  );
  const byAddress = new Map(
    networks.flatMap(({ name, network }) =>
      [network.IPAddress, network.GlobalIPv6Address].flatMap((address) =>
        address ? [[address, name] as const] : [],
      ),
    ),
  );
  const gateways = new Set(networks.flatMap(({ network }) => [network.Gateway, network.IPv6Gateway]));
  const byPublishedPort = new Map(
    containers.flatMap((container) =>
      container.Ports.flatMap(({ PublicPort, Type }) =>
        PublicPort !== undefined && Type === 'tcp' ? [[PublicPort, containerName(container)] as const] : [],
      ),
    ),
  );
  return (address, port) => {
    if (isLoopback(address)) return self;
    return byAddress.get(address) ?? (gateways.has(address) ? byPublishedPort.get(port) : undefined);
  };
}

function networksOf({ NetworkSettings }: ContainerSummary) {
  return Object.values(NetworkSettings?.Networks ?? {});
}
