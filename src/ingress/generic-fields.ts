import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { toText } from './labels.ts';

/** How far below the top a field may stand. */
const DEEPEST = 4;
const MOST_OBJECTS = 500;

/** Parts that describe the sender, its delivery or other things than the alert. */
const ASIDE = new Set([
  '_meta',
  'meta',
  'metadata',
  'evidence',
  'agent',
  'actor',
  'org',
  'installation',
  'links',
]);

/** The objects of a body by their distance from the top. */
export type Levels = readonly (readonly JsonObject[])[];

/** A field of the body and the object around it. */
export interface Field {
  readonly key: string;
  readonly value: Json;
}

/** All objects of a body level by level, so that what stands nearer to the top is found first. */
export function levelsOf(body: JsonObject): Levels {
  const levels: JsonObject[][] = [[body]];
  let count = 1;
  for (const level of levels) {
    if (levels.length > DEEPEST || count > MOST_OBJECTS) break;
    const next = level.flatMap((object) =>
      Object.entries(object).flatMap(([key, value]) => (isObject(value) && !ASIDE.has(key) ? [value] : [])),
    );
    count += next.length;
    if (next.length > 0) levels.push(next);
  }
  return levels;
}

/**
 * The first field with one of these names that holds something: the level nearest to the top wins, then the order of
 * the names. Case and `_` or `-` in names do not matter. `accept` turns a value down so that the search goes on.
 */
export function findField(
  levels: Levels,
  names: readonly string[],
  accept: (value: Json) => boolean = (value) => textOf(value) !== undefined,
): Field | undefined {
  for (const level of levels) {
    const fields = level.flatMap((object) => Object.entries(object));
    for (const name of names) {
      const found = fields.find(([key, value]) => toName(key) === name && accept(value));
      if (found) return { key: found[0], value: found[1] };
    }
  }
  return undefined;
}

/** The text of the first such field. */
export function findText(levels: Levels, names: readonly string[]): string | undefined {
  const field = findField(levels, names);
  return field && textOf(field.value);
}

/**
 * A single value as text, or the name of the thing that an object stands for. Variables that the sender left
 * unexpanded (`$HOSTNAME`, `{HOST.NAME}`) count as absent.
 */
export function textOf(value: Json | undefined): string | undefined {
  if (isList(value)) return undefined;
  if (isObject(value)) return textOf(value.name ?? value.summary ?? value.slug ?? value.stringValue ?? null);
  const text = toText(value)?.trim();
  return text === undefined ||
    text === '' ||
    /^(?:\$[A-Z_]+|\{[A-Z.$#0-9]+\}|null|undefined|n\/a)$/.test(text)
    ? undefined
    : text;
}

/** `fired_at`, `firedAt` and `Fired-At` are one name: `firedat`. */
export function toName(key: string): string {
  return key.toLowerCase().replace(/[_\-\s]/g, '');
}
