import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Where the time of one request went, in milliseconds. Absent: the phase did not happen. */
interface Phases {
  /** Name look-up; absent for an address and for a kept-alive connection. */
  readonly dnsMs?: number;
  /** TCP, and TLS where there is any; absent for a kept-alive connection. */
  readonly connectMs?: number;
  /** From the connection being ready to the first byte of the answer. */
  readonly ttfbMs?: number;
  readonly downloadMs?: number;
  readonly totalMs: number;
}

/** One GET and how it ended. */
export interface TimedResponse extends Phases {
  /** Absent when no answer came. */
  readonly status?: number;
  readonly bytes: number;
  /** True when the body was longer than the cap and was not read to its end. */
  readonly cut: boolean;
  /** Why there is no answer: `ECONNREFUSED`, `ENOTFOUND`, `TIMEOUT`, … */
  readonly failure?: string;
  /** `location` of a redirect; it is not followed. */
  readonly location?: string;
}

interface TimedRequestOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly bodyCapBytes: number;
  readonly signal: AbortSignal;
}

interface Marks {
  readonly startedAt: number;
  lookupAt?: number;
  readyAt?: number;
  firstByteAt?: number;
  bytes: number;
  cut: boolean;
  isReused: boolean;
}

/** Makes one GET and times its phases. A failure is an answer too; only an abort rejects. */
export async function timedRequest(options: TimedRequestOptions): Promise<TimedResponse> {
  const first = await attempt(options);
  // A server may close an idle connection just when it is used again: that is no fault of the server.
  return first.staleSocket ? (await attempt(options)).response : first.response;
}

interface Attempt {
  readonly response: TimedResponse;
  readonly staleSocket: boolean;
}

function attempt(options: TimedRequestOptions): Promise<Attempt> {
  const { url, agent, timeoutMs, signal } = options;
  signal.throwIfAborted();
  const marks: Marks = { startedAt: performance.now(), bytes: 0, cut: false, isReused: false };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      agent,
      headers: { accept: '*/*', 'accept-encoding': 'gzip, br', 'user-agent': 'perfbot' },
      signal,
    });
    let answer: IncomingMessage | undefined;
    const finish = (failure?: string) => {
      clearTimeout(timer);
      const response = toResponse(marks, answer, failure);
      resolve({ response, staleSocket: failure === 'ECONNRESET' && marks.isReused && !answer });
    };
    const timer = setTimeout(() => {
      finish('TIMEOUT');
      request.destroy();
    }, timeoutMs);
    request.on('socket', (socket) => watchConnection(socket, request, marks));
    request.on('response', (incoming) => {
      answer = incoming;
      readBody(incoming, marks, options.bodyCapBytes, finish);
    });
    request.on('error', (error) => {
      if (!signal.aborted) return finish(toFailure(error));
      clearTimeout(timer);
      reject(signal.reason);
    });
    request.end();
  });
}

function watchConnection(socket: Socket, request: ClientRequest, marks: Marks): void {
  if (request.reusedSocket) {
    marks.isReused = true;
    marks.readyAt = performance.now();
    return;
  }
  const isTls = 'encrypted' in socket;
  // With several addresses there is one event each; the first tells how long the look-up took.
  socket.once('lookup', (_error, _address, family) => {
    if (family) marks.lookupAt = performance.now();
  });
  socket.once(isTls ? 'secureConnect' : 'connect', () => {
    marks.readyAt = performance.now();
  });
}

function readBody(
  incoming: IncomingMessage,
  marks: Marks,
  capBytes: number,
  finish: (failure?: string) => void,
): void {
  marks.firstByteAt = performance.now();
  incoming.on('data', (chunk: Buffer) => {
    marks.bytes += chunk.length;
    if (marks.bytes <= capBytes || marks.cut) return;
    marks.cut = true;
    finish();
    incoming.destroy();
  });
  incoming.on('end', () => finish());
  incoming.on('error', (error) => finish(marks.cut ? undefined : toFailure(error)));
}

function toFailure(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function toResponse(
  marks: Marks,
  answer: IncomingMessage | undefined,
  failure: string | undefined,
): TimedResponse {
  const endedAt = performance.now();
  const { startedAt, lookupAt, readyAt, firstByteAt, bytes, cut, isReused } = marks;
  const location = answer?.headers.location;
  return {
    ...(lookupAt !== undefined && { dnsMs: lookupAt - startedAt }),
    ...(!isReused && readyAt !== undefined && { connectMs: readyAt - (lookupAt ?? startedAt) }),
    ...(readyAt !== undefined && firstByteAt !== undefined && { ttfbMs: firstByteAt - readyAt }),
    ...(firstByteAt !== undefined && failure === undefined && { downloadMs: endedAt - firstByteAt }),
    totalMs: endedAt - startedAt,
    ...(answer?.statusCode !== undefined && { status: answer.statusCode }),
    bytes,
    cut,
    ...(failure !== undefined && { failure }),
    ...(location !== undefined && { location }),
  };
}
