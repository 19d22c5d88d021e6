import { PerfbotError, ProbeError } from '../core/errors.ts';
import { failureCodeOf } from './failure-code.ts';

/** A server that is asked over HTTP, in the words of its errors. */
export interface HttpServer {
  /** Begins and ends sentences: `Prometheus`. */
  readonly name: string;
  /** Where people write its address: `PROMETHEUS_URL`. */
  readonly setting: string;
  /** What to do when something else answers at that address. */
  readonly mend: string;
}

/** What Node and OpenSSL call whatever is wrong with a certificate or with the encryption. */
const TLS = /CERT|SSL|TLS|LEAF_SIGNATURE|EPROTO/;

/** Whatever kept a request from its answer, with a reason; the URL may hold a password and is not told. */
export function toTransportError({ name, setting }: HttpServer, error: unknown): PerfbotError {
  if (error instanceof PerfbotError) return error;
  const code = failureCodeOf(error) || 'unknown';
  const message = `${name} cannot be reached (${code})`;
  const mend = `start ${name}, or correct ${setting}`;
  if (/TIMEOUT|TIMEDOUT/.test(code))
    return new ProbeError('timeout', message, { userMessage: `${name} did not answer in time.`, mend });
  if (!TLS.test(code)) return new ProbeError('unreachable', message, { userMessage: `${message}.`, mend });
  return new ProbeError('not_configured', message, {
    userMessage: `No encrypted connection to ${name} could be agreed on (${code}).`,
    mend: `write http:// or https:// in ${setting} as the server has it; for an own CA set NODE_EXTRA_CA_CERTS to its file`,
  });
}

/** A status that is no success, with what the server says of it where it does. */
export function toStatusError(
  { name, setting, mend }: HttpServer,
  status: number,
  said?: string,
): ProbeError {
  const message = `${name} answers ${status}`;
  if (status === 401 || status === 403) {
    return new ProbeError('unauthorized', message, {
      userMessage: `${name} refuses the credentials.`,
      mend: `set ${setting} to http://user:password@host:port`,
    });
  }
  const userMessage = said === undefined ? `${message}.` : `${message}: ${said.slice(0, 200)}.`;
  if (status >= 500) return new ProbeError('overloaded', message, { userMessage });
  return new ProbeError('invalid_response', message, { userMessage, mend });
}

/** An answer that is longer than perfbot reads; `mend` says how to ask for less. */
export function toTooLargeError({ name }: HttpServer, mostBytes: number, mend: string): ProbeError {
  return new ProbeError('overloaded', `the answer of ${name} is too large`, {
    userMessage: `The answer of ${name} is larger than ${mostBytes / 1024 / 1024} MB.`,
    mend,
  });
}

/** An answer in a form that this server does not have: no JSON, or other fields. */
export function toUnknownFormError({ name, setting, mend }: HttpServer, cause: unknown): ProbeError {
  return new ProbeError('invalid_response', `the answer is not that of ${name}`, {
    userMessage: `What answers at ${setting} is no ${name}, or one that perfbot does not know.`,
    mend,
    cause,
  });
}
