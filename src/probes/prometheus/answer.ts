import type { z } from 'zod';
import { type FailureReason, ProbeError } from '../../core/errors.ts';
import type { HttpAnswer } from '../http-client.ts';
import { type HttpServer, toStatusError, toTooLargeError, toUnknownFormError } from '../http-errors.ts';
import { Envelope } from './schemas.ts';

/** Prometheus in the words of errors. */
export const PROMETHEUS: HttpServer = {
  name: 'Prometheus',
  setting: 'PROMETHEUS_URL',
  mend: 'check PROMETHEUS_URL, with user and password where they are needed',
};

/** 200 series of 250 points are well below this. */
export const MOST_BYTES = 10 * 1024 * 1024;

type FailedEnvelope = Extract<z.infer<typeof Envelope>, { readonly status: 'error' }>;

/** Takes the data out of the envelope that every answer of Prometheus has. @throws ProbeError. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: HttpAnswer): T {
  const { status, cut } = answer;
  if (status === 401 || status === 403) throw toStatusError(PROMETHEUS, status);
  if (cut)
    throw toTooLargeError(PROMETHEUS, MOST_BYTES, 'aggregate in the query, for example sum by (job) (…)');
  const envelope = parseEnvelope(answer);
  if (envelope.status === 'error') throw toQueryError(envelope);
  const data = schema.safeParse(envelope.data);
  if (data.success) return data.data;
  throw new ProbeError('invalid_response', 'Prometheus sent an unknown form of answer', {
    userMessage: 'Prometheus gave an answer that perfbot does not understand.',
    cause: data.error,
  });
}

/** Prometheus explains its refusals in the envelope; a proxy before it has pages of its own. */
function parseEnvelope({ status, text }: HttpAnswer): z.infer<typeof Envelope> {
  try {
    return Envelope.parse(JSON.parse(text));
  } catch (cause) {
    throw status >= 400 ? toStatusError(PROMETHEUS, status) : toUnknownFormError(PROMETHEUS, cause);
  }
}

/** An error that Prometheus itself reports. */
function toQueryError({ errorType, error }: FailedEnvelope): ProbeError {
  return new ProbeError(toReason(errorType), `Prometheus: ${errorType}`, {
    userMessage: `Prometheus says: ${error.slice(0, 300)}`,
  });
}

function toReason(errorType: string): FailureReason {
  if (errorType === 'timeout' || errorType === 'canceled') return 'timeout';
  return errorType === 'bad_data' || errorType === 'execution' ? 'invalid_input' : 'overloaded';
}
