import type { IncomingMessage } from 'node:http';

/** `too_large` when the limit was passed, `aborted` when the sender went away before the end. */
export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'aborted' };

/** How much of a refused body is read and thrown away before the answer, bytes. */
const MOST_DISCARDED = 16 * 1_048_576;

/**
 * Reads a body of at most `limit` bytes, whatever its Content-Length claims. What is beyond is thrown away: an answer
 * before the end of the body would reach many senders only as a broken connection. Never rejects.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks = [];
      if (size > limit + MOST_DISCARDED) resolve({ kind: 'too_large' });
    });
    request.once('end', () =>
      resolve(size > limit ? { kind: 'too_large' } : { kind: 'body', bytes: Buffer.concat(chunks) }),
    );
    request.once('error', () => resolve({ kind: 'aborted' }));
    request.once('close', () => resolve({ kind: 'aborted' }));
  });
}

/** Throws a body away before a refusal, so that the sender gets to read the answer. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (!request.complete) await readBody(request, 0);
}
