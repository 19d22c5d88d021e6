import type { ContainerSummary } from './schemas.ts';

type Ports = ContainerSummary['Ports'];

/** Ports that answer something other than pages: the inspector of Node, databases. */
const NOT_HTTP = new Set([9229, 5432, 6379, 3306, 27017]);
const TLS = new Set([443, 8443]);
const LOOPBACK = /^127\./;
const EVERYWHERE = new Set(['', '0.0.0.0', '::']);

/** Base URL of the lowest plain HTTP port that is published, else of a TLS one; undefined when none is. */
export function publishedUrl(ports: Ports, host: string): string | undefined {
  const candidates = ports
    .filter(({ Type, PublicPort, PrivatePort, IP }) => {
      return (
        Type === 'tcp' &&
        PublicPort !== undefined &&
        !NOT_HTTP.has(PrivatePort) &&
        !isIpv6Only(IP) &&
        isWithinReach(IP, host)
      );
    })
    .sort(
      (a, b) =>
        Number(TLS.has(a.PrivatePort)) - Number(TLS.has(b.PrivatePort)) || a.PrivatePort - b.PrivatePort,
    );
  const [chosen] = candidates;
  if (chosen === undefined) return undefined;
  return `${TLS.has(chosen.PrivatePort) ? 'https' : 'http'}://${addressOf(chosen.IP, host)}:${chosen.PublicPort}`;
}

/** `host:port` under which an alert may speak of a published port. */
export function hostPortAliases(ports: Ports, host: string): readonly string[] {
  return ports.flatMap(({ Type, PublicPort, IP }) => {
    if (Type !== 'tcp' || PublicPort === undefined || isIpv6Only(IP)) return [];
    const address = addressOf(IP, host);
    return [address, ...(address === '127.0.0.1' ? ['localhost'] : [])].map(
      (name) => `${name}:${PublicPort}`,
    );
  });
}

function addressOf(ip: string | undefined, host: string): string {
  return EVERYWHERE.has(ip ?? '') ? host : (ip ?? host);
}

/** What another machine (or the one around our container) publishes for itself alone cannot be reached from here. */
function isWithinReach(ip: string | undefined, host: string): boolean {
  return LOOPBACK.test(host) || !LOOPBACK.test(ip ?? '');
}

/** Docker lists a port that is published everywhere twice, for IPv4 and for IPv6. */
function isIpv6Only(ip: string | undefined): boolean {
  return ip?.includes(':') === true;
}
