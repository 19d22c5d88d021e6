import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { PostAnswer, WorkspaceEvent, WorkspaceState } from '../../../src/local-workspace/protocol.ts';

/** What the page sent. */
export interface Posted {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

export interface PageServer {
  readonly url: string;
  readonly posted: Posted[];
  /** What `/local/state` answers. */
  state: WorkspaceState;
  /** Answers a POST; what it does not answer is `{ ok: true }`. */
  answer: (posted: Posted) => PostAnswer | undefined;
  readonly emit: (event: WorkspaceEvent) => void;
  /** Cuts all event streams, as a restart does. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};
const CSP = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'";

/** A small stand-in for the local workspace's server that speaks the page's protocol and records what the page sends. */
export async function startPageServer(options: {
  readonly pageFolder: string;
  readonly state: WorkspaceState;
  /** Bodies of `/local/files/<id>/<name>` by id. */
  readonly files: Readonly<Record<string, Buffer | string>>;
}): Promise<PageServer> {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (request.method === 'POST') return void take(pathname, request, response);
    if (pathname === '/local/state') return void response.end(JSON.stringify(self.state));
    if (pathname === '/local/events') return void listen(response);
    void serve(pathname, response);
  });
  const take = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    const posted: Posted = { path, body: (await json(request)) as Posted['body'] };
    if (request.headers['x-perfbot-page'] !== '1') return void response.writeHead(403).end();
    self.posted.push(posted);
    response.end(JSON.stringify(self.answer(posted) ?? { ok: true }));
  };
  const listen = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 100\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  };
  const serve = async (path: string, response: ServerResponse) => {
    const [, id = ''] = /^\/local\/files\/([^/]+)\//.exec(path) ?? [];
    const file = path === '/' ? 'index.html' : path.replace(/^\/local\//, '');
    const body = options.files[id] ?? (await readFile(join(options.pageFolder, file)).catch(() => undefined));
    if (body === undefined) return void response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP }).end(body);
  };
  const self: PageServer = {
    url: '',
    posted: [],
    state: options.state,
    answer: () => undefined,
    emit: (event) => {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`);
    },
    cut: () => {
      for (const stream of streams) stream.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        self.cut();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(self, { url: `http://127.0.0.1:${port}` });
}
