const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'postgres:': '5432',
  'postgresql:': '5432',
  'redis:': '6379',
  'rediss:': '6379',
};

const LOOPBACK = ['127.0.0.1', 'localhost'] as const;

/**
 * Names under which a label such as `instance` may speak of a URL: `host:port`, both spellings of this machine, and the
 * bare host unless it is this machine, which would fit every service on it. Empty for what is no URL.
 */
export function toHostPort(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { hostname, port, protocol } = new URL(url);
  const number = port || DEFAULT_PORTS[protocol];
  const isLoopback = hostname === '[::1]' || LOOPBACK.some((name) => name === hostname);
  const hosts = isLoopback ? LOOPBACK : [hostname];
  return [
    ...(number === undefined ? [] : hosts.map((host) => `${host}:${number}`)),
    ...(isLoopback || hostname === '' ? [] : [hostname]),
  ];
}
