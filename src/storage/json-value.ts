/**
 * JSON text that PostgreSQL takes as jsonb: it refuses NUL and lone surrogates, which untrusted text may hold, so that
 * both become U+FFFD. `undefined` members are left out, as in JSON.
 */
export function toJsonb(value: unknown): string {
  return JSON.stringify(clean(value)) ?? 'null';
}

/** Text without what PostgreSQL refuses. */
export function cleanText(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\uFFFD'), 'utf8').toString('utf8');
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [cleanText(name), clean(member)]));
}
