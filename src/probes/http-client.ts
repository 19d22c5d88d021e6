import { Agent, request } from 'undici';
import { type HttpServer, toTransportError } from './http-errors.ts';

interface HttpClientOptions {
  /** Whom it asks, for the texts of errors. */
  readonly server: HttpServer;
  /** Base URL; user and password in it become basic authentication. */
  readonly url: string;
  /** Time to connect, until the headers come, and between two parts of the body; in milliseconds. */
  readonly timeoutMs: number;
  /** Longer bodies are cut here. */
  readonly mostBytes: number;
}

/** What is asked of the server. */
export interface HttpRequest {
  /** Below the base URL, from its slash on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Makes it a POST with these fields. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection after the answer. */
  readonly reset?: boolean;
  /** More than the client's time until the headers come, where the server has a limit of its own and tells it. */
  readonly headersTimeoutMs?: number;
}

/** An answer, whatever its status; redirects are not followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** True when the body was longer than what is read. */
  readonly cut: boolean;
}

/** Asks one server. */
export interface HttpClient {
  /** @throws ProbeError when no answer comes, or the reason of the signal. */
  send(call: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Drops the connections; calls that still wait fail. */
  close(): Promise<void>;
}

/** Opens a client for one server; it connects at the first call. */
export function createHttpClient({ server, url, timeoutMs, mostBytes }: HttpClientOptions): HttpClient {
  const dispatcher = new Agent({ connectTimeout: timeoutMs });
  const { base, authorization } = splitCredentials(url);
  return {
    async send({ path, query, form, headers, reset, headersTimeoutMs = timeoutMs }, signal) {
      signal.throwIfAborted();
      try {
        const { statusCode, body } = await request(`${base}${path}`, {
          dispatcher,
          signal,
          method: form ? 'POST' : 'GET',
          headers: {
            ...(authorization !== undefined && { authorization }),
            ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
            ...headers,
          },
          ...(query && { query }),
          ...(form && { body: new URLSearchParams(form).toString() }),
          ...(reset !== undefined && { reset }),
          headersTimeout: headersTimeoutMs,
          bodyTimeout: timeoutMs,
        });
        return { status: statusCode, ...(await readBody(body, mostBytes)) };
      } catch (error) {
        signal.throwIfAborted();
        throw toTransportError(server, error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** The base URL without user and password, and the header that carries them. */
function splitCredentials(address: string): { readonly base: string; readonly authorization?: string } {
  const { username, password, origin, pathname } = new URL(address);
  const base = `${origin}${pathname.replace(/\/+$/, '')}`;
  if (username === '' && password === '') return { base };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Leaving the loop closes the connection, so that no more comes than is read. */
async function readBody(body: AsyncIterable<Uint8Array>, mostBytes: number) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  const text = Buffer.concat(chunks, Math.min(bytes, mostBytes)).toString('utf8');
  return { text, cut: bytes > mostBytes };
}
