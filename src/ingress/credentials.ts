import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What senders of alerts must present: one of the two is enough; both undefined: nothing. */
export interface AlertCredentials {
  readonly token: string | undefined;
  /** Secret of Grafana's body signature. */
  readonly hmacSecret: string | undefined;
}

/** Grafana's name for the signature (its documentation; configurable there). */
const SIGNATURE_HEADER = 'x-grafana-alerting-signature';

/** How far the timestamp of a signed request may be off, milliseconds: an old request may be a replay. */
const TIMESTAMP_TOLERANCE_MS = 300_000;

/** True when nothing has to be presented. */
export function isOpen({ token, hmacSecret }: AlertCredentials): boolean {
  return token === undefined && hmacSecret === undefined;
}

/** True when the token is in the bearer header, the password of basic auth, or the query parameter `token`. */
export function hasToken(
  expected: string | undefined,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): boolean {
  if (expected === undefined) return false;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.+)$/.exec(headers.authorization ?? '') ?? [];
  const presented = [
    scheme.toLowerCase() === 'bearer' ? value.trim() : undefined,
    scheme.toLowerCase() === 'basic' ? basicPassword(value) : undefined,
    query.get('token') ?? undefined,
  ];
  return presented.some((candidate) => candidate !== undefined && isEqual(candidate, expected));
}

/**
 * True when the raw body is signed with the secret: hex HMAC-SHA256 over the body, or over `<seconds>:<body>` when a
 * header whose name speaks of a timestamp holds the seconds (its name is configurable at the sender).
 */
export function hasSignature(
  secret: string | undefined,
  {
    headers,
    body,
    now,
  }: { readonly headers: IncomingHttpHeaders; readonly body: Buffer; readonly now: number },
): boolean {
  const presented = headers[SIGNATURE_HEADER];
  if (secret === undefined || typeof presented !== 'string') return false;
  const signature = presented
    .trim()
    .toLowerCase()
    .replace(/^sha256=/, '');
  const stamps = Object.entries(headers).flatMap(([name, value]) =>
    name.includes('timestamp') && typeof value === 'string' && /^\d{9,11}$/.test(value) ? [value] : [],
  );
  const fresh = stamps.filter((stamp) => Math.abs(Number(stamp) * 1000 - now) <= TIMESTAMP_TOLERANCE_MS);
  const prefixes = ['', ...fresh.map((stamp) => `${stamp}:`)];
  return prefixes.some((prefix) =>
    isEqual(signature, createHmac('sha256', secret).update(prefix).update(body).digest('hex')),
  );
}

function basicPassword(encoded: string): string {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}

/** Compares in a time that tells nothing of either text, not even its length. */
function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
