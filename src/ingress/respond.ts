import type { IncomingMessage, ServerResponse } from 'node:http';

/** On every answer of our own: nothing here is a page, a frame or worth keeping. */
const SECURITY_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
} as const;

/** Answers with JSON. Does nothing when the answer has begun or the client is gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, {
    status,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify(body)}\n`,
    headers,
  });
}

/** Answers with text for people or Prometheus. */
export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  send(response, { status, type, body, headers: {} });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  // A body that was not read would be taken for the next request on the same connection.
  const connection = hasUnreadBody(response.req) ? { Connection: 'close' } : {};
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...connection,
    ...headers,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined);
}
