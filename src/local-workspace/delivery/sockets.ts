import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Clock } from '../../engine/ports/runtime.ts';
import { urlOf } from '../http.ts';
import { newTicket } from '../state/ids.ts';
import { APP_ID } from '../state/seed.ts';
import type { Receipt } from './receipt.ts';

const PATH = '/local/socket';
const TICKET_VALID_MS = 30_000;
const MOST_CONNECTIONS = 10;
const PING_EVERY_MS = 10_000;
const MOST_BYTES = 1_000_000;
const CONNECTION_SECONDS = 18_060;

const Acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

/** The websockets of Socket Mode. */
export interface Sockets {
  /** Path and query of an address that takes one connection within 30 seconds. */
  open(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connected(): boolean;
  /** To any one of the connections; the receipt is what comes back with the envelope's id. */
  send(envelope: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<Receipt>;
  close(): void;
}

export function createSockets(now: Clock): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES });
  const tickets = new Map<string, number>();
  const waiting = new Map<string, (receipt: Receipt) => void>();
  const pings = setInterval(() => live().forEach((socket) => void socket.ping()), PING_EVERY_MS);
  pings.unref();
  let turn = 0;
  const live = () => [...server.clients].filter(({ readyState }) => readyState === WebSocket.OPEN);

  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes) => {
      const ack = parseAcknowledgement(String(bytes));
      if (ack) waiting.get(ack.envelope_id)?.({ ok: true, body: bodyOf(ack.payload) });
    });
    socket.send(JSON.stringify(hello(live().length)));
  });

  return {
    open() {
      for (const [ticket, until] of tickets) if (until < now()) tickets.delete(ticket);
      const ticket = newTicket();
      tickets.set(ticket, now() + TICKET_VALID_MS);
      return `${PATH}?ticket=${ticket}&app_id=${APP_ID}`;
    },
    upgrade(request, socket, head) {
      const url = urlOf(request);
      const ticket = url.searchParams.get('ticket') ?? '';
      const valid = (tickets.get(ticket) ?? 0) >= now();
      tickets.delete(ticket);
      if (url.pathname !== PATH) return refuse(socket, '404 Not Found');
      if (!valid) return refuse(socket, '401 Unauthorized');
      if (server.clients.size >= MOST_CONNECTIONS) return refuse(socket, '429 Too Many Requests');
      server.handleUpgrade(request, socket, head, (connection) => void server.emit('connection', connection));
    },
    connected: () => live().length > 0,
    send(envelope, timeoutMs) {
      const sockets = live();
      turn += 1;
      const socket = sockets[turn % Math.max(1, sockets.length)];
      if (socket === undefined) return Promise.resolve({ ok: false, error: 'dispatch_failed' });
      const id = randomUUID();
      return new Promise((resolve) => {
        const done = (receipt: Receipt) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(receipt);
        };
        const timer = setTimeout(() => done({ ok: false, error: 'operation_timeout' }), timeoutMs);
        waiting.set(id, done);
        socket.send(JSON.stringify({ envelope_id: id, accepts_response_payload: true, ...envelope }));
      });
    },
    close() {
      clearInterval(pings);
      for (const done of [...waiting.values()]) done({ ok: false, error: 'dispatch_failed' });
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function hello(connections: number): Record<string, unknown> {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: { host: 'local-workspace', approximate_connection_time: CONNECTION_SECONDS },
    connection_info: { app_id: APP_ID },
  };
}

function parseAcknowledgement(text: string): z.infer<typeof Acknowledgement> | undefined {
  try {
    return Acknowledgement.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The SDK acknowledges without an answer by an empty object. */
function bodyOf(payload: unknown): unknown {
  const empty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0;
  return empty ? undefined : payload;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
