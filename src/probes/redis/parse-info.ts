/** `INFO` as fields by name; the sections are left out because no field appears in two. */
export type RedisInfo = ReadonlyMap<string, string>;

/** Reads the answer of `INFO all`. */
export function parseInfo(text: string): RedisInfo {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

/** Name and version of the server: a Valkey tells the Redis that it is compatible with as well. */
export function serverVersion(fields: RedisInfo): { readonly name: string; readonly version: string } {
  const valkey = fields.get('valkey_version');
  if (valkey !== undefined) return { name: 'Valkey', version: valkey };
  return { name: 'Redis', version: fields.get('redis_version') ?? '' };
}

/** A field as a number, or undefined when this server does not report it. */
export function numberOf(fields: RedisInfo, name: string): number | undefined {
  const text = fields.get(name);
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Fields whose value is itself a list, `calls=1,usec=2`, below a common prefix: the rest of the name to its numbers. */
export function nestedFields(
  fields: RedisInfo,
  prefix: string,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, ReadonlyMap<string, number>>();
  for (const [name, text] of fields) {
    if (!name.startsWith(prefix)) continue;
    const numbers = text.split(',').map((pair): [string, number] => {
      const [key = '', value = ''] = pair.split('=', 2);
      return [key, Number(value)];
    });
    found.set(name.slice(prefix.length), new Map(numbers.filter(([, value]) => Number.isFinite(value))));
  }
  return found;
}

/** How much a counter grew; undefined when it is not reported or was reset. */
export function growth(before: RedisInfo, after: RedisInfo, name: string): number | undefined {
  const then = numberOf(before, name);
  const now = numberOf(after, name);
  return then === undefined || now === undefined || now < then ? undefined : now - then;
}
