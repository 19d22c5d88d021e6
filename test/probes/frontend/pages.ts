import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HttpTarget } from '../../../src/core/inventory/target.ts';

/** Script that gzip can hardly shrink. */
export function noise(bytes: number): string {
  let seed = 7;
  let text = '';
  while (text.length < bytes) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += seed.toString(36);
  }
  return `/*${text.slice(0, bytes)}*/`;
}

export const PAGE = `<!doctype html><html lang="en"><head><title>Shop</title>
<script src="/app.js"></script><script src="/app.js"></script><script src="/late.js" defer></script>
<script nomodule src="/old.js"></script><link rel="stylesheet" href="/site.css"><link rel="stylesheet" media="print" href="/print.css">
<script src="https://elsewhere.example/tracker.js"></script><script src="data:text/javascript,1"></script></head>
<body><h1>Shop</h1><script src="/missing.js"></script></body></html>`;

/** Paths to bodies; `.js` and `.css` by their ending, everything else is a page. */
export interface Site {
  readonly files: Readonly<Record<string, string>>;
  readonly compressed?: boolean;
  readonly cacheControl?: string;
  readonly delayMs?: number;
}

export async function serve(site: Site): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const body = site.files[path];
    if (body === undefined) return void response.writeHead(404).end();
    const type = path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'text/html';
    response.setHeader('content-type', path.endsWith('.json') ? 'application/json' : type);
    if (site.cacheControl !== undefined) response.setHeader('cache-control', site.cacheControl);
    if (site.compressed) response.setHeader('content-encoding', 'gzip');
    setTimeout(() => response.end(site.compressed ? gzipSync(body) : body), site.delayMs ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export function targetOf(server: Server | { readonly port: number }): HttpTarget {
  const port = 'port' in server ? server.port : (server.address() as AddressInfo).port;
  return {
    kind: 'http',
    id: 'http:shop',
    service: 'shop',
    zone: 'default',
    baseUrl: `http://127.0.0.1:${port}`,
    paths: [],
  };
}
