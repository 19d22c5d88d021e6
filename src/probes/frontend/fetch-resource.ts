import { promisify } from 'node:util';
import { brotliDecompress, gunzip, gzip, inflate } from 'node:zlib';
import { type Dispatcher, request } from 'undici';

const DECODERS: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
};
const compress = promisify(gzip);
/** Longer bodies are cut: nobody should ship them, and perfbot should not hold them. */
const MOST_BYTES = 5 * 1024 * 1024;

/** One answer as it came over the line, and what it holds. */
export interface Resource {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body on the line. */
  readonly transferBytes: number;
  /** Bytes after decompression. */
  readonly contentBytes: number;
  /** What the body would take with gzip; that of the line when it came compressed. */
  readonly gzipBytes: number;
  readonly encoding: string | undefined;
  /** Until the first byte of the answer, in milliseconds. */
  readonly ttfbMs: number;
  readonly cut: boolean;
  readonly text: string;
}

export interface FetchOptions {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Fetches a resource as a browser would ask for it, without following redirects. Rejects when no answer comes. */
export async function fetchResource(
  url: URL,
  { dispatcher, timeoutMs, signal }: FetchOptions,
): Promise<Resource> {
  const startedAt = performance.now();
  const answer = await request(url, {
    dispatcher,
    signal,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    headers: { 'accept-encoding': 'gzip, br', accept: 'text/html,*/*;q=0.8', 'user-agent': 'perfbot' },
  });
  const ttfbMs = performance.now() - startedAt;
  const { body, cut } = await readBody(answer.body);
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const encoding = headers['content-encoding']?.toLowerCase() || undefined;
  const content = await decode(body, encoding);
  const compressed = encoding !== undefined && encoding !== 'identity';
  return {
    status: answer.statusCode,
    headers,
    transferBytes: body.length,
    contentBytes: content.length,
    gzipBytes: compressed ? body.length : (await compress(content)).length,
    encoding: compressed ? encoding : undefined,
    ttfbMs,
    cut,
    text: content.toString('utf8'),
  };
}

async function readBody(stream: AsyncIterable<Buffer>): Promise<{ body: Buffer; cut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) return { body: Buffer.concat(chunks), cut: true };
  }
  return { body: Buffer.concat(chunks), cut: false };
}

/** A body that cannot be decompressed (cut, or another encoding) counts as it came. */
async function decode(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  const decoder = encoding === undefined ? undefined : DECODERS[encoding];
  return decoder === undefined ? body : decoder(body).catch(() => body);
}
