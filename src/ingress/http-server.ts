import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PerfbotError } from '../core/errors.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { createRouter, type RouterOptions } from './router.ts';

export interface HttpServerOptions extends Omit<RouterOptions, 'stopping'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Takes over connections that ask for WebSocket; without it they are refused. */
  readonly upgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** How long requests in progress may take when the server closes, milliseconds. Default 3000. */
  readonly closeTimeoutMs?: number;
  /** How long a client may take for its headers, milliseconds; three times that for the body. Default 10000. */
  readonly headersTimeoutMs?: number;
}

export interface HttpServer {
  /** Address to open in a browser on this machine. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connection, lets requests in progress end, then closes what is left. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 1_000;

/**
 * Opens the one HTTP port: alert webhooks, Slack, health, metrics and what the fallback serves.
 * @throws PerfbotError when the address cannot be listened on.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, log, closeTimeoutMs = 3_000, headersTimeoutMs = 10_000 } = options;
  let stopping = false;
  const router = createRouter({ ...options, stopping: () => stopping });
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs * 3,
      connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      if (stopping) response.setHeader('Connection', 'close');
      void router(request, response);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerBadRequest);
  server.on('upgrade', (request, socket, head) => upgradeSafely(options, { request, socket, head }));
  const sockets = trackSockets(server);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  log.info({ host, port }, 'listening');
  return {
    url: `http://${urlHost(host)}:${port}/`,
    port,
    close: () => {
      stopping = true;
      return closeServer(server, sockets, closeTimeoutMs);
    },
  };
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(toListenError(cause, host, port)));
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), resolve);
  });
}

function toListenError(cause: Error, host: string, port: number): PerfbotError {
  const code = 'code' in cause ? String(cause.code) : 'unknown';
  const what = code === 'EADDRINUSE' ? 'it is in use' : `the system refuses it (${code})`;
  return new PerfbotError('unreachable', `cannot listen on ${host}:${port}: ${code}`, {
    userMessage: `Cannot listen on ${host}:${port}: ${what}.`,
    mend: 'Set PORT (and HOST) to a free address, or stop what uses this one.',
    cause,
  });
}

/** Upgraded connections are no requests any more: only their sockets tell that they are still there. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose last answer went out after the server began to close is idle only then.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, timeoutMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Answers what Node's parser refuses: too large headers, a request that never ends, bytes that are no HTTP. */
function answerBadRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function upgradeSafely(
  { upgrade, log }: { readonly upgrade?: HttpServerOptions['upgrade']; readonly log: Logger },
  {
    request,
    socket,
    head,
  }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
): void {
  socket.on('error', () => socket.destroy());
  try {
    if (upgrade) upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  } catch (error) {
    log.error({ err: error }, 'could not take over a connection');
    socket.destroy();
  }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
