import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { sendJson } from '../http.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Nothing from elsewhere: no script, font, picture or connection of another origin. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>perfbot</title>
<h1>The page is not built yet</h1><p>Run <code>npm run build</code>, then load this page again.</p></html>
`;

/** The page itself; 503 with what to do while it is not built. */
export async function sendIndex(response: ServerResponse, directory: string): Promise<void> {
  const html = await readIfThere(join(directory, 'index.html'));
  const headers = { ...safeHeaders('.html'), 'cache-control': 'no-store' };
  response.writeHead(html ? 200 : 503, headers).end(html ?? NOT_BUILT);
}

/** A file of the built page below `/local/`: one name, or one in `assets/` (whose names change with their bytes). */
export async function sendAsset(response: ServerResponse, directory: string, path: string): Promise<void> {
  const known = /^(assets\/)?[\w-][\w.-]*$/.test(path) && TYPES[extname(path)] !== undefined;
  const bytes = known ? await readIfThere(join(directory, path)) : undefined;
  if (bytes === undefined) return sendJson(response, 404, { ok: false, error: 'There is nothing here.' });
  const cache = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  response.writeHead(200, { ...safeHeaders(extname(path)), 'cache-control': cache }).end(bytes);
}

function safeHeaders(extension: string): Record<string, string> {
  return {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
