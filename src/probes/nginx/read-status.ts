import { ProbeError } from '../../core/errors.ts';
import { createHttpClient } from '../http-client.ts';
import type { HttpServer } from '../http-errors.ts';
import { parseStatus, type StubStatus } from './parse-status.ts';

const NGINX: HttpServer = {
  name: 'nginx',
  setting: 'nginx.status in services.yaml',
  mend: 'add location = /nginx_status { stub_status; } to nginx.conf, or correct nginx.status in services.yaml',
};
const TIMEOUT_MS = 3000;
/** The page has 100 bytes; whatever is longer is another one. */
const MOST_BYTES = 16 * 1024;

/**
 * One reading of `stub_status` on a connection of its own, which is closed again: so perfbot itself is exactly one
 * connection and one request in each reading. @throws ProbeError.
 */
export async function readStatus(address: string, signal: AbortSignal): Promise<StubStatus> {
  const { origin, pathname, search } = new URL(address);
  const http = createHttpClient({
    server: NGINX,
    url: origin,
    timeoutMs: TIMEOUT_MS,
    mostBytes: MOST_BYTES,
  });
  try {
    const headers = { 'user-agent': 'perfbot' };
    const { status, text } = await http.send({ path: `${pathname}${search}`, headers, reset: true }, signal);
    if (status !== 200) throw toRefusal(status);
    return parseStatus(text);
  } finally {
    await http.close();
  }
}

function toRefusal(status: number): ProbeError {
  const isForbidden = status === 401 || status === 403;
  return new ProbeError(isForbidden ? 'permission' : 'not_found', `stub_status answers ${status}`, {
    userMessage: `The status address of this nginx answers ${status}.`,
    mend: isForbidden
      ? 'add allow with perfbot’s address to the location of stub_status in nginx.conf, then: nginx -t && nginx -s reload'
      : NGINX.mend,
  });
}
