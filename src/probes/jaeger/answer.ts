import { type FailureReason, PerfbotError, ProbeError } from '../../core/errors.ts';
import { V3Error } from './schemas.ts';

/** Twenty traces of some hundred spans are below this. */
const BODY_CAP_BYTES = 5 * 1024 * 1024;

/** An answer of Jaeger: its JSON values, one for each line where it streams; undefined: the body is no JSON. */
export interface JaegerAnswer {
  readonly status: number;
  readonly values: readonly unknown[] | undefined;
}

/** Reads an answer. @throws ProbeError `overloaded` for more than 5 MB. */
export async function readAnswer(status: number, body: AsyncIterable<Uint8Array>): Promise<JaegerAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_CAP_BYTES) {
      throw new ProbeError('overloaded', 'the answer is too large', {
        userMessage: 'The traces are larger than 5 MB.',
        mend: 'ask for fewer: with: { traces: 5 } in the playbook',
      });
    }
    chunks.push(chunk);
  }
  return { status, values: parseJson(Buffer.concat(chunks).toString('utf8')) };
}

function parseJson(text: string): readonly unknown[] | undefined {
  for (const parts of [[text], text.split('\n').filter((line) => line.trim() !== '')]) {
    try {
      return parts.map((part): unknown => JSON.parse(part));
    } catch {
      // Then it is one value on each line, or no JSON at all.
    }
  }
  return undefined;
}

/** What Jaeger says of a request that it refused. */
export function toRefusal({ status, values }: JaegerAnswer): ProbeError {
  if (status === 401 || status === 403) {
    return new ProbeError('unauthorized', `Jaeger answers ${status}`, {
      userMessage: 'Jaeger refuses the credentials.',
      mend: 'set JAEGER_URL to http://user:password@host:16686',
    });
  }
  const said = V3Error.safeParse(values?.[0]);
  const message = said.success ? `: ${said.data.error.message.slice(0, 200)}` : '';
  const reason: FailureReason = status >= 500 ? 'overloaded' : 'invalid_response';
  return new ProbeError(reason, `Jaeger answers ${status}`, {
    userMessage: `Jaeger answers ${status}${message}.`,
    ...(status < 500 && {
      mend: 'check that JAEGER_URL is the address of Jaeger’s query service or its pages',
    }),
  });
}

/** What does not have the form of any known Jaeger. */
export function toUnknownForm(cause?: unknown): ProbeError {
  return new ProbeError('invalid_response', 'the answer is not that of a Jaeger', {
    userMessage: 'What answers at JAEGER_URL is no Jaeger, or one that perfbot does not know.',
    mend: 'check JAEGER_URL: the address at which Jaeger shows its pages, usually port 16686',
    cause,
  });
}

/** Whatever else went wrong on the way, with a reason; the URL may hold a password and is not told. */
export function toTransportError(error: unknown): PerfbotError {
  if (error instanceof PerfbotError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const isTimeout = /TIMEOUT|TIMEDOUT/.test(code);
  return new ProbeError(isTimeout ? 'timeout' : 'unreachable', `Jaeger cannot be reached (${code})`, {
    userMessage: isTimeout ? 'Jaeger did not answer in time.' : `Jaeger cannot be reached (${code}).`,
    mend: 'start Jaeger, or correct JAEGER_URL',
  });
}
