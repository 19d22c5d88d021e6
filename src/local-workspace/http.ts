import type { IncomingMessage, ServerResponse } from 'node:http';
import { PerfbotError } from '../core/errors.ts';

const MIB = 1024 * 1024;

/**
 * The whole body of a request, 4 MiB unless told.
 * @throws PerfbotError `invalid_input` when it is longer.
 */
export async function readBody(request: IncomingMessage, maxBytes = 4 * MIB): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) {
      throw new PerfbotError('invalid_input', 'the request body is too long', {
        userMessage: `A request may have ${Math.floor(maxBytes / MIB)} MiB at most.`,
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** Path and query of a request. `//x` is a path here and no host; what cannot be read is the path `/-`. */
export function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(`http://local${request.url ?? '/'}`);
  } catch {
    return new URL('http://local/-');
  }
}

/** `http://host:port` as the client wrote it. */
export function originOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? '127.0.0.1'}`;
}

/** Form fields or a JSON object; undefined for a body that is neither. */
export function parseFields(body: Buffer, contentType: string): Record<string, unknown> | undefined {
  const text = body.toString('utf8');
  if (!contentType.includes('json')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? { ...parsed }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A form in parts, as SDKs send bytes. */
export function isMultipart(contentType: string): boolean {
  return contentType.startsWith('multipart/form-data');
}

/** The parts of a multipart form: texts, and files as bytes. */
export async function parseMultipart(
  body: Buffer,
  contentType: string,
): Promise<Record<string, string | Buffer>> {
  const headers = { 'content-type': contentType };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const fields: Record<string, string | Buffer> = {};
  for (const [key, value] of form.entries()) {
    fields[key] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  }
  return fields;
}
