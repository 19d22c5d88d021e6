/** A message that the address of the page asks for: `/?channel=C1&ts=1795403520.000100`. */
export interface WantedMessage {
  readonly channel: string;
  readonly ts: string;
}

/** Reads the address of the page; undefined when it asks for nothing. */
export function wantedMessage(search: string): WantedMessage | undefined {
  const query = new URLSearchParams(search);
  const channel = query.get('channel');
  const ts = query.get('ts');
  return channel && ts ? { channel, ts } : undefined;
}
