import { addAbortSignal, type Readable } from 'node:stream';

/** What was read, and whether the rest was cut off. */
export interface CappedBody {
  readonly body: Buffer;
  readonly truncated: boolean;
}

/** Reads a stream up to `maxBytes` and destroys it there, or at once when `signal` aborts. */
export async function readCapped(
  stream: Readable,
  maxBytes: number,
  signal: AbortSignal,
): Promise<CappedBody> {
  addAbortSignal(signal, stream);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size >= maxBytes) return { body: Buffer.concat(chunks, maxBytes), truncated: true };
  }
  return { body: Buffer.concat(chunks, size), truncated: false };
}
