import type { z } from 'zod';
import { type FailureReason, PerfbotError, ProbeError } from '../../core/errors.ts';
import { Envelope } from './schemas.ts';

/** 200 series of 250 points are well below this. */
const BODY_CAP_BYTES = 10 * 1024 * 1024;

type FailedEnvelope = Extract<z.infer<typeof Envelope>, { readonly status: 'error' }>;

/** Reads a body as the envelope that every answer of Prometheus has. @throws ProbeError `invalid_response`. */
export async function readJson(body: AsyncIterable<Uint8Array>): Promise<z.infer<typeof Envelope>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_CAP_BYTES) {
      throw new ProbeError('overloaded', 'the answer is too large', {
        userMessage: 'The answer of Prometheus is larger than 10 MB.',
        mend: 'aggregate in the query, for example sum by (job) (…)',
      });
    }
    chunks.push(chunk);
  }
  try {
    return Envelope.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (cause) {
    throw new ProbeError('invalid_response', 'the answer is not that of a Prometheus', {
      userMessage: 'What answers at PROMETHEUS_URL is no Prometheus, or it refused the request.',
      mend: 'check PROMETHEUS_URL, with user and password where they are needed',
      cause,
    });
  }
}

/** The answer to missing or wrong credentials; its body is a proxy's page and says nothing. */
export function toRefusal(): ProbeError {
  return new ProbeError('unauthorized', 'Prometheus refuses the credentials', {
    userMessage: 'Prometheus refuses the credentials.',
    mend: 'set PROMETHEUS_URL to http://user:password@host:9090',
  });
}

/** An error that Prometheus itself reports. */
export function toHttpError({ errorType, error }: FailedEnvelope): ProbeError {
  return new ProbeError(toReason(errorType), `Prometheus: ${errorType}`, {
    userMessage: `Prometheus says: ${error.slice(0, 300)}`,
  });
}

function toReason(errorType: string): FailureReason {
  if (errorType === 'timeout' || errorType === 'canceled') return 'timeout';
  return errorType === 'bad_data' || errorType === 'execution' ? 'invalid_input' : 'overloaded';
}

/** Whatever else went wrong on the way, with a reason; the URL may hold a password and is not told. */
export function toTransportError(error: unknown): PerfbotError {
  if (error instanceof PerfbotError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const isTimeout = /TIMEOUT|TIMEDOUT/.test(code);
  return new ProbeError(isTimeout ? 'timeout' : 'unreachable', `Prometheus cannot be reached (${code})`, {
    userMessage: isTimeout ? 'Prometheus did not answer in time.' : `Prometheus cannot be reached (${code}).`,
    mend: 'start Prometheus, or correct PROMETHEUS_URL',
  });
}
