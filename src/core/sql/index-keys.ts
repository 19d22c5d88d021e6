const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;

/** A column, or one of the few functions of a column that are the same for ever; casts that change nothing may follow. */
const TERM = new RegExp(
  String.raw`^(?:(lower|upper)\()?\(*(?:(${NAME})\.)?(${NAME})\)*(?:::(?:text|character varying))?\)*$`,
);

const COMPARISONS = ['=', '>=', '<=', '>', '<'];

const MOST_EQUAL = 3;

/** What an index has to begin with to find the rows of a filter: columns with `=` first, then one with a range. */
export interface IndexKeys {
  /** As they are written in CREATE INDEX. */
  readonly keys: readonly string[];
  /** True when at least one is compared with `=`. */
  readonly exact: boolean;
}

/** Reads the filter of a plan's step on one table; keys are empty where no plain index would help (LIKE, OR, functions). */
export function indexKeys(filter: string, alias: string): IndexKeys {
  const found = conjuncts(filter).flatMap((part) => comparison(part, alias));
  const equal = unique(found.filter(({ isEqual }) => isEqual).map(({ key }) => key)).slice(0, MOST_EQUAL);
  const range = unique(found.filter(({ isEqual }) => !isEqual).map(({ key }) => key))
    .filter((key) => !equal.includes(key))
    .slice(0, 1);
  return { keys: [...equal, ...range], exact: equal.length > 0 };
}

/** The columns of a sort of one table, as CREATE INDEX takes them; empty where it sorts by anything else. */
export function sortKeys(keys: string): readonly string[] {
  const parsed = topLevel(keys, ', ').map((key) => {
    const [, term = '', order = ''] = /^(.+?)((?: DESC| ASC| NULLS FIRST| NULLS LAST)*)$/.exec(key) ?? [];
    const column = TERM.exec(term);
    return column?.[1] === undefined && column?.[3] !== undefined ? `${column[3]}${order}` : undefined;
  });
  return parsed.every((key) => key !== undefined) ? parsed.filter((key) => key !== undefined) : [];
}

/** The parts of a condition that all have to hold. */
function conjuncts(condition: string): readonly string[] {
  const inner = withoutParentheses(condition.trim());
  const parts = topLevel(inner, ' AND ');
  return parts.length === 1 ? parts : parts.flatMap(conjuncts);
}

function comparison(part: string, alias: string): readonly { key: string; isEqual: boolean }[] {
  const inner = withoutParentheses(part.trim());
  if (topLevel(inner, ' OR ').length > 1) return [];
  const [left = '', operator = '', ...rest] = topLevel(inner, ' ');
  const right = rest.join(' ');
  if (operator === 'IS' && right === 'NULL') return keyOf(left, alias).map((key) => ({ key, isEqual: true }));
  if (!COMPARISONS.includes(operator)) return [];
  const isEqual = operator === '=';
  const key = keyOf(left, alias);
  // Compared with another column of the same table: no index finds that.
  if (key.length > 0) return mentions(right, alias) ? [] : key.map((found) => ({ key: found, isEqual }));
  return mentions(left, alias) ? [] : keyOf(right, alias).map((found) => ({ key: found, isEqual }));
}

function keyOf(text: string, alias: string): readonly string[] {
  const [, wrapper, owner, column] = TERM.exec(text) ?? [];
  if (column === undefined || owner === undefined || unquote(owner) !== alias) return [];
  return [wrapper === undefined ? column : `${wrapper}(${column})`];
}

function mentions(text: string, alias: string): boolean {
  return [...text.matchAll(new RegExp(String.raw`(${NAME})\.`, 'g'))].some(
    ([, owner = '']) => unquote(owner) === alias,
  );
}

function withoutParentheses(text: string): string {
  if (!text.startsWith('(') || closingOf(text) !== text.length - 1) return text;
  return withoutParentheses(text.slice(1, -1).trim());
}

/** Where the parenthesis that opens at the beginning closes; -1 where it was cut off. */
function closingOf(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (quoted) continue;
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Splits at a separator that stands outside of parentheses and quotes. */
function topLevel(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (quoted) continue;
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(from, at));
      from = at + separator.length;
      at = from - 1;
    }
  }
  return [...parts, text.slice(from)];
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
