import { endianness } from 'node:os';

/** How an IPv4 address looks inside an IPv6 one: ten zero bytes and two of ones. */
const MAPPED_IPV4 = '00000000000000000000ffff';
const BYTES = /../g;
const GROUPS = /.{4}/g;

/**
 * An address as `/proc/net/tcp` writes it (words of 32 bits in the order of the machine) for people: `172.17.0.3`,
 * `2001:db8::7`. An IPv4 address inside an IPv6 one reads as IPv4: it is the same peer.
 */
export function parseProcAddress(hex: string, order: 'LE' | 'BE' = endianness()): string | undefined {
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(hex)) return undefined;
  const bytes = (hex.match(/.{8}/g) ?? [])
    .map((word) => toNetworkOrder(word, order))
    .join('')
    .toLowerCase();
  if (bytes.length === 8) return toIpv4(bytes);
  if (bytes.startsWith(MAPPED_IPV4)) return toIpv4(bytes.slice(MAPPED_IPV4.length));
  // The platform's own URL parser shortens IPv6 addresses as RFC 5952 wants it.
  return new URL(`http://[${bytes.match(GROUPS)?.join(':') ?? ''}]`).hostname.slice(1, -1);
}

/** `172.17.0.3:7000`, `[2001:db8::7]:7000`. */
export function toEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** True for addresses that lead back to the same network namespace. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function toNetworkOrder(word: string, order: 'LE' | 'BE'): string {
  return order === 'BE' ? word : (word.match(BYTES)?.reverse().join('') ?? '');
}

function toIpv4(bytes: string): string {
  return (bytes.match(BYTES) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');
}
