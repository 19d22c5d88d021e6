import type { IncomingMessage } from 'node:http';
import { PAGE_HEADER } from '../protocol.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|([\w-]+\.)+localhost)$/i;

/**
 * Why a request does not come from the own page, or undefined when it may. Another name in `Host` could be that of
 * a foreign site whose DNS points here; another `Origin` is a foreign site; a form cannot send our header.
 */
export function foreignReason(request: IncomingMessage, hosts: readonly string[]): string | undefined {
  const { host = '', origin } = request.headers;
  const name = host.replace(/:\d+$/, '');
  if (!LOOPBACK.test(name) && !hosts.some((known) => known.toLowerCase() === name.toLowerCase())) {
    return 'This server does not go by that name. Open it as localhost.';
  }
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return 'Only the page of this server may ask that.';
  }
  const site = request.headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreignSite && !isNavigation(request)) return 'Only the page of this server may ask that.';
  if (request.method === 'POST' && request.headers[PAGE_HEADER] !== '1') {
    return `The header ${PAGE_HEADER} is missing.`;
  }
  return undefined;
}

/** A link on another site may open the page itself. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
}
