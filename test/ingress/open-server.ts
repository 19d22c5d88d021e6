import { connect } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import type { AlertBatch } from '../../src/core/alert/alert.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/ingress/http-server.ts';
import { SENDERS } from '../../src/ingress/senders.ts';

export const LOG = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

/** A server on a free port that ends with the test. `accepted` fills with what it took in. */
export async function openServer(
  options: Partial<HttpServerOptions> = {},
): Promise<HttpServer & { readonly accepted: AlertBatch[] }> {
  const accepted: AlertBatch[] = [];
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    senders: SENDERS,
    credentials: { token: undefined, hmacSecret: undefined },
    accept: async (batch) => {
      accepted.push(batch);
      return { accepted: batch.alerts.length, duplicates: 0 };
    },
    checks: [],
    now: () => Date.now(),
    log: LOG,
    closeTimeoutMs: 500,
    ...options,
  });
  onTestFinished(() => server.close());
  return { ...server, accepted };
}

/** Sends bytes as they are and answers everything that comes back until the server closes the connection. */
export function sendRaw(port: number, bytes: string | Buffer, { hold = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes);
      if (!hold) socket.end();
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

/** Posts JSON to a sender's route. */
export function postAlert(
  { url }: HttpServer,
  {
    path = 'alerts/generic',
    body = '{"title":"slow"}',
    ...init
  }: { path?: string; body?: string | Buffer } & Omit<RequestInit, 'body'> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', body, ...init });
}
