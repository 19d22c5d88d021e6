const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'name does not resolve',
  EAI_AGAIN: 'name server does not answer',
  ETIMEDOUT: 'connection timed out',
  TIMEOUT: 'no complete answer in time',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another name',
};

/** Nothing listens, or there is no way there: the next request would fail at once for the same reason. */
const HOPELESS = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']);

/** What a failure code means, for people. */
export function describeFailure(code: string): string {
  return WORDS[code] ?? `no valid answer (${code})`;
}

/** True when more requests would tell nothing new. */
export function isHopeless(code: string | undefined): boolean {
  return code !== undefined && HOPELESS.has(code);
}
