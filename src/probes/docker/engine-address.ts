import { PerfbotError } from '../../core/errors.ts';

/** Where a Docker engine listens. `label` is fit for people: it never holds credentials. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string; readonly label: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly secure: boolean;
      readonly label: string;
    };

const DEFAULT_SOCKET = '/var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const DEFAULT_PORT: Readonly<Record<string, number>> = { 'tcp:': PLAIN_PORT, 'http:': 80, 'https:': 443 };

/** Reads `DOCKER_HOST`: `unix:///path`, `tcp://host:port`, `http(s)://…`, `host:port`; nothing means the local socket. */
export function parseDockerHost(host: string | undefined): EngineAddress {
  const text = host?.trim() ?? '';
  if (text === '' || text.startsWith('unix://')) {
    const path = text.slice('unix://'.length) || DEFAULT_SOCKET;
    return { kind: 'socket', path, label: path };
  }
  if (text.startsWith('/')) return { kind: 'socket', path: text, label: text };
  const address = text.includes('://') ? text : `tcp://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new PerfbotError('invalid_input', 'DOCKER_HOST cannot be read', {
      userMessage: 'DOCKER_HOST must be like unix:///var/run/docker.sock or tcp://127.0.0.1:2375.',
      mend: 'set DOCKER_HOST=unix:///var/run/docker.sock or DOCKER_HOST=tcp://HOST:PORT',
    });
  }
  const secure = url.protocol === 'https:' || url.port === String(TLS_PORT);
  const port = Number(url.port) || DEFAULT_PORT[url.protocol] || PLAIN_PORT;
  return { kind: 'tcp', host: url.hostname, port, secure, label: `${url.hostname}:${port}` };
}
