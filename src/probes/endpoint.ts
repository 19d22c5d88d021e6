/** A base URL without its credentials, and the header that carries them. */
export interface Endpoint {
  readonly base: string;
  readonly authorization?: string;
}

/** User and password of a URL become basic authentication. */
export function toEndpoint(address: string): Endpoint {
  const url = new URL(address);
  const { username, password } = url;
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (username === '' && password === '') return { base };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
