import type { Duplex } from 'node:stream';
import WebSocket from 'ws';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';

/** A connection to the inspector of a process, in the words of the Chrome DevTools Protocol. */
export interface CdpSession {
  /** @throws ProbeError when the process refuses, answers in another form, or is gone. */
  call<T>(method: string, parameters: object, answer: z.ZodType<T>): Promise<T>;
  /** Runs one synchronous expression in the process that gives a string of JSON. */
  evaluate<T>(expression: string, answer: z.ZodType<T>): Promise<T>;
}

/** A profile of ten seconds at 1 ms has a few MB. */
const MAX_MESSAGE_BYTES = 48 * 1024 * 1024;

/** What Node answers while it shuts down. */
const ENDING = /context|navigated or closed/i;

const Message = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

const Evaluated = z.object({
  result: z.object({ type: z.string(), value: z.unknown().optional() }),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});

/** Opens a session with target `id` over a stream that leads to the inspector's port; it ends with the stream. */
export async function openCdpSession(stream: Duplex, id: string, signal: AbortSignal): Promise<CdpSession> {
  const socket = new WebSocket(`ws://127.0.0.1/${encodeURIComponent(id)}`, {
    createConnection: () => stream,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(reason: unknown): void }>();
  let last = 0;
  let ended: unknown;

  const end = (reason: unknown) => {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    socket.terminate();
  };
  socket.on('close', () => end(gone()));
  socket.on('error', (error) => end(gone(error)));
  socket.on('message', (bytes) => {
    const message = Message.safeParse(parse(String(bytes)));
    const call = message.success ? waiting.get(message.data.id ?? -1) : undefined;
    if (!message.success || call === undefined) return; // an event that nobody asked for
    waiting.delete(message.data.id ?? -1);
    const { error, result } = message.data;
    if (error === undefined) call.resolve(result);
    else call.reject(ENDING.test(error.message) ? gone(error) : refused(error.message));
  });
  signal.addEventListener('abort', () => end(signal.reason), { once: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('close', () => reject(ended ?? gone()));
  });

  async function call<T>(method: string, parameters: object, answer: z.ZodType<T>): Promise<T> {
    if (ended !== undefined) throw ended;
    last += 1;
    const callId = last;
    const result = await new Promise<unknown>((resolve, reject) => {
      waiting.set(callId, { resolve, reject });
      socket.send(JSON.stringify({ id: callId, method, params: parameters }));
    });
    const parsed = answer.safeParse(result);
    if (parsed.success) return parsed.data;
    throw refused(`${method}: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  }

  return {
    call,
    async evaluate(expression, answer) {
      const parameters = { expression, includeCommandLineAPI: true, returnByValue: true };
      const { result, exceptionDetails } = await call('Runtime.evaluate', parameters, Evaluated);
      const parsed = answer.safeParse(parse(String(result.value)));
      if (parsed.success) return parsed.data;
      throw refused(exceptionDetails?.text ?? String(result.value).slice(0, 300));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function gone(cause?: unknown): ProbeError {
  return new ProbeError('unreachable', 'the inspector closed the connection', {
    userMessage: 'The Node process ended, or closed its inspector, while it was looked at.',
    mend: 'look at the container: did it restart? Then try again',
    cause,
  });
}

function refused(message: string): ProbeError {
  return new ProbeError('invalid_response', `inspector: ${message}`, {
    userMessage: 'The inspector of the Node process answered in a form that perfbot does not know.',
  });
}
