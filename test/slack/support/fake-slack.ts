import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake was asked. `args` are the form fields; those that hold JSON are parsed. */
interface Asked {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An answer as JSON, or a way to misbehave. */
export type Answer = Readonly<Record<string, unknown>> | ((asked: Asked, response: ServerResponse) => void);

/** A small Slack that answers what a test tells it, and remembers every request. Unknown methods: `{ ok: true }`. */
export async function startFakeSlack() {
  const asked: Asked[] = [];
  const planned = new Map<string, Answer[]>();
  const server = createServer(async (request, response) => {
    const body = await read(request);
    const method = (request.url ?? '').replace(/^\/(api\/)?/, '').split('?')[0] ?? '';
    const entry = { method, args: parseArgs(request, body), headers: request.headers, body };
    asked.push(entry);
    const queue = planned.get(method) ?? [];
    const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? { ok: true };
    if (typeof answer === 'function') return answer(entry, response);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    apiUrl: `${base}/api/`,
    asked,
    calls: (method: string) => asked.filter((entry) => entry.method === method),
    /** Answers one after the other; the last one stays. */
    answers: (method: string, ...answers: readonly Answer[]) => void planned.set(method, [...answers]),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;

/** The server did it, the answer got lost. */
export const lostAnswer: Answer = (_asked, response) => void response.destroy();

export const status = (code: number, headers: Record<string, string> = {}): Answer => {
  return (_asked, response) => void response.writeHead(code, headers).end();
};

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parseArgs(request: IncomingMessage, body: Buffer): Record<string, unknown> {
  if (request.headers['content-type']?.includes('json')) return JSON.parse(body.toString());
  if (!request.headers['content-type']?.includes('urlencoded')) return {};
  return Object.fromEntries(
    [...new URLSearchParams(body.toString())].map(([key, value]) => [
      key,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}
