/** What stands for a part of a key that tells one key from another: an id, a name, a token. */
const ANY = '*';

/** Parts behind these say ever less of the family. */
const MOST_PARTS = 6;

/** A word that fewer keys share may be somebody's name: it is not shown. */
const LEAST_KEYS_OF_WORD = 10;

/** The same as a share of the keys that begin alike: ids of a large family repeat by chance. */
const LEAST_SHARE_OF_WORD = 0.02;

/** So many first words are a schema; more are ids that look like words. */
const MOST_FIRST_WORDS = 100;

/** What is no schema wherever it stands in a key. Widest shapes first. */
const IDENTIFIERS =
  /[\w.+-]{1,64}@[\w.-]{1,190}|\beyJ[\w-]+(?:\.[\w-]*){0,2}|\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b|\b\d{4}-\d\d-\d\d\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?=[a-f]*\d?)[\da-f]{8,}\b/gi;

/** Parts of a key and what stands between them. */
const PART = /([^:/.|{}#~@?&=,; -]*)([:/.|{}#~@?&=,; -]*)/g;

/** One to four words in lower case, camel case or capitals; random letters hardly ever look like it. */
const WORD = /^(?:[A-Z]?[a-z]{1,20}(?:_?[A-Z]?[a-z]{1,20}){0,3}|[A-Z]{1,12}(?:_[A-Z]{1,12}){0,2})$/;
const LONGEST_WORD = 24;

/** A word with a number behind it: `user42`, `v2`. */
const NUMBERED = /^([A-Za-z]{1,20})_?\d+$/;

interface Part {
  readonly word: string;
  readonly separator: string;
}

/**
 * The family of each key, in the same order: `cart:*:items` for `cart:4711:items`. Only words that many keys share are
 * shown; ids, names, addresses, tokens and bytes that are no text become `*`, for keys may hold secrets.
 */
export function keyFamilies(keys: readonly string[]): readonly string[] {
  const shapes = keys.map(partsOf);
  const families = keys.map(() => '');
  const deepest = Math.max(0, ...shapes.map(({ length }) => length));
  for (let depth = 0; depth < deepest; depth += 1) {
    const shown = shownWords(shapes, families, depth);
    shapes.forEach((parts, index) => {
      const part = parts[depth];
      const family = families[index] ?? '';
      if (part === undefined) return;
      const isShown = part.word === ANY || part.word === '' || shown.has(`${family}\n${part.word}`);
      families[index] = `${family}${isShown ? part.word : ANY}${part.separator}`;
    });
  }
  return families.map((family) => tidy(family));
}

/** Words at one depth that may be shown, each with the family before it. */
function shownWords(
  shapes: readonly (readonly Part[])[],
  families: readonly string[],
  depth: number,
): ReadonlySet<string> {
  const counts = new Map<string, { readonly family: string; keys: number }>();
  const keysOf = new Map<string, number>();
  shapes.forEach((parts, index) => {
    const word = parts[depth]?.word;
    if (word === undefined) return;
    const family = families[index] ?? '';
    keysOf.set(family, (keysOf.get(family) ?? 0) + 1);
    if (word === '' || word === ANY) return;
    const count = counts.get(`${family}\n${word}`);
    if (count) count.keys += 1;
    else counts.set(`${family}\n${word}`, { family, keys: 1 });
  });
  const isSchema = depth === 0 && counts.size <= MOST_FIRST_WORDS;
  const leastOf = (family: string) =>
    isSchema ? 1 : Math.max(LEAST_KEYS_OF_WORD, LEAST_SHARE_OF_WORD * (keysOf.get(family) ?? 0));
  return new Set([...counts].filter(([, { family, keys }]) => keys >= leastOf(family)).map(([key]) => key));
}

function partsOf(key: string): readonly Part[] {
  const text = key.slice(0, 512).replace(IDENTIFIERS, ANY);
  const parts = [...text.matchAll(PART)]
    .filter(([whole]) => whole !== '')
    .map(([, word = '', separator = '']): Part => ({ word: masked(word), separator: separator.slice(0, 2) }));
  if (parts.length <= MOST_PARTS) return parts;
  return [...parts.slice(0, MOST_PARTS), { word: ANY, separator: '' }];
}

function masked(word: string): string {
  if (word === '' || word === ANY) return word;
  if (word.length <= LONGEST_WORD && WORD.test(word)) return word;
  const numbered = NUMBERED.exec(word)?.[1];
  return numbered !== undefined && WORD.test(numbered) ? `${numbered}${ANY}` : ANY;
}

/** Neighbours that are both unknown are one. */
function tidy(family: string): string {
  return family.replace(/\*(?:[:/.|{}#~@?&=,; -]{0,2}\*)+/g, ANY) || ANY;
}
