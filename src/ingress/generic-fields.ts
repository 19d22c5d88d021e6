import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { toText } from './labels.ts';

/** How far below the top a field may stand. */
const DEEPEST = 4;
const MOST_OBJECTS = 500;
/** Fields of one object that are looked at. */
const MOST_FIELDS = 1_000;

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

/** A field of the body as it is written there. */
export interface Field {
  readonly key: string;
  readonly value: Json;
}

/** The objects at one distance from the top, and their fields by the name that `toName` gives them. */
interface Level {
  readonly objects: readonly JsonObject[];
  readonly fields: ReadonlyMap<string, readonly Field[]>;
}

/** The objects of a body by their distance from the top. */
export type Levels = readonly Level[];

/** The objects of a body level by level, so that what stands nearer to the top is found first; at most `MOST_OBJECTS`. */
export function levelsOf(body: JsonObject): Levels {
  const levels: Level[] = [];
  let objects: readonly JsonObject[] = [body];
  let left = MOST_OBJECTS;
  while (objects.length > 0 && levels.length <= DEEPEST) {
    left -= objects.length;
    levels.push({ objects, fields: fieldsByName(objects) });
    objects = objects.flatMap(membersOf).slice(0, left);
  }
  return levels;
}

function entriesOf(object: JsonObject): readonly [string, Json][] {
  return Object.entries(object).slice(0, MOST_FIELDS);
}

function membersOf(object: JsonObject): readonly JsonObject[] {
  return entriesOf(object).flatMap(([key, value]) => (isObject(value) && !ASIDE.has(key) ? [value] : []));
}

function fieldsByName(objects: readonly JsonObject[]): ReadonlyMap<string, readonly Field[]> {
  const fields = new Map<string, Field[]>();
  for (const [key, value] of objects.flatMap(entriesOf)) {
    const name = toName(key);
    const known = fields.get(name);
    if (known) known.push({ key, value });
    else fields.set(name, [{ key, value }]);
  }
  return fields;
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
  for (const { fields } of levels) {
    for (const name of names) {
      const found = fields.get(name)?.find(({ value }) => accept(value));
      if (found) return found;
    }
  }
  return undefined;
}

/** All objects, those nearer to the top first. */
export function objectsOf(levels: Levels): readonly JsonObject[] {
  return levels.flatMap(({ objects }) => objects);
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
