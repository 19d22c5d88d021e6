import { normaliseSql } from './normalise.ts';

const NAME = /"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;

/** Longer statements are made by programs, and their plans are as long. */
const LONGEST = 20_000;

/** What a statement does besides reading, or what ends it and begins another. */
const WRITES =
  /\b(?:insert|update|delete|merge|into|truncate|copy|call|lock|execute|prepare|create|alter|drop)\b|;/i;

/** What was found in a statement that may be planned. */
export interface Explainable {
  /** Every name in it: of tables, columns, functions, aliases and keywords, as the catalogue spells them. */
  readonly names: readonly string[];
  /** The text without values and comments: what is left are names and operators. */
  readonly text: string;
}

/** A single SELECT that only reads, with the names in it; undefined for all else, which is never planned. */
export function explainable(sql: string): Explainable | undefined {
  if (sql.length > LONGEST) return undefined;
  const text = normaliseSql(sql, LONGEST).replace(/\s*;\s*$/, '');
  if (!/^(?:select|with)\b/i.test(text)) return undefined;
  if (WRITES.test(text.replace(/"(?:[^"]|"")*"/g, '""').replace(/\bfor (?:no key )?update\b/gi, '')))
    return undefined;
  const names = [...text.matchAll(NAME)].map(([name]) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
  return { names: [...new Set(names)], text };
}
