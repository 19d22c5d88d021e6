import { Agent, request } from 'undici';
import { PerfbotError, ProbeError } from '../../core/errors.ts';
import { parseStatus, type StubStatus } from './parse-status.ts';

const TIMEOUT_MS = 3000;
/** The page has 100 bytes; whatever is longer is another one. */
const BODY_CAP_BYTES = 16 * 1024;

/**
 * One reading of `stub_status` on a connection of its own, which is closed again: so perfbot itself is exactly one
 * connection and one request in each reading. @throws ProbeError.
 */
export async function readStatus(url: string, signal: AbortSignal): Promise<StubStatus> {
  signal.throwIfAborted();
  const dispatcher = new Agent({ connectTimeout: TIMEOUT_MS });
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      signal,
      reset: true,
      headers: { 'user-agent': 'perfbot' },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    if (statusCode !== 200) throw toRefusal(statusCode);
    let page = '';
    for await (const chunk of body) {
      page += String(chunk);
      if (page.length > BODY_CAP_BYTES) break;
    }
    return parseStatus(page);
  } catch (error) {
    signal.throwIfAborted();
    throw toStatusError(error);
  } finally {
    await dispatcher.destroy();
  }
}

function toRefusal(status: number): ProbeError {
  const isForbidden = status === 401 || status === 403;
  return new ProbeError(isForbidden ? 'permission' : 'not_found', `stub_status answers ${status}`, {
    userMessage: `The status address of this nginx answers ${status}.`,
    mend: isForbidden
      ? 'add allow with perfbot’s address to the location of stub_status in nginx.conf, then: nginx -t && nginx -s reload'
      : 'add location = /nginx_status { stub_status; } to nginx.conf, or correct nginx.status in services.yaml',
  });
}

function toStatusError(error: unknown): PerfbotError {
  if (error instanceof PerfbotError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const isTimeout = /TIMEOUT|TIMEDOUT/.test(code);
  return new ProbeError(isTimeout ? 'timeout' : 'unreachable', `stub_status cannot be reached (${code})`, {
    userMessage: isTimeout
      ? 'nginx did not answer at its status address in time.'
      : `nginx does not answer at its status address (${code}).`,
    mend: 'start nginx, or correct nginx.status in services.yaml',
    cause: error,
  });
}
