/** What stands for a value that was taken out. */
const HIDDEN = '?';

/** Longer statements are cut for people. */
const MAX_LENGTH = 1000;

/** One lexical element at a time. An element that the server cut off runs to the end, so no half of a value is left. */
const TOKEN = new RegExp(
  [
    String.raw`(?<gap>\s+|--[^\n]*)`,
    String.raw`(?<comment>\/\*)`,
    String.raw`(?<escaped>[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$))`,
    "(?<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$))",
    String.raw`(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)`,
    String.raw`(?<parameter>\$\d+)`,
    '(?<quoted>(?:[uU]&)?"(?:[^"]|"")*(?:"|$))',
    String.raw`(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?\.?)`,
    String.raw`(?<other>[\s\S])`,
  ].join('|'),
  'y',
);

/**
 * An SQL text without any value: strings, numbers and dollar quotes become `?`, comments go, lists of values shrink to
 * one. Made for texts of pg_stat_activity (with literals, often cut off) and pg_stat_statements (`$1` stays).
 * Lexical rules: PostgreSQL documentation, "Lexical Structure", with standard_conforming_strings on.
 */
export function normaliseSql(sql: string, maxLength: number = MAX_LENGTH): string {
  const parts: string[] = [];
  let position = 0;
  while (position < sql.length) {
    const element = nextElement(sql, position);
    parts.push(element.shown);
    position = element.end;
  }
  return shorten(collapse(parts.join('')), maxLength);
}

function nextElement(sql: string, from: number): { readonly shown: string; readonly end: number } {
  TOKEN.lastIndex = from;
  const { comment, dollar, gap, escaped, string, number } = TOKEN.exec(sql)?.groups ?? {};
  // Every character matches `other` at least.
  const end = Math.max(TOKEN.lastIndex, from + 1);
  if (comment) return { shown: ' ', end: endOfComment(sql, end) };
  if (dollar) return { shown: HIDDEN, end: endOfDollarQuote(sql, end, dollar) };
  if (gap) return { shown: ' ', end };
  if (escaped ?? string ?? number) return { shown: HIDDEN, end };
  return { shown: sql.slice(from, end), end };
}

/** Comments nest in PostgreSQL. */
function endOfComment(sql: string, from: number): number {
  let depth = 1;
  for (let at = from; at < sql.length; at += 1) {
    const pair = sql.slice(at, at + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}

function endOfDollarQuote(sql: string, from: number, tag: string): number {
  const close = sql.indexOf(tag, from);
  return close < 0 ? sql.length : close + tag.length;
}

function collapse(sql: string): string {
  return sql
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/((?:\?|\$\d+)(?:::\w+)?)(?: ?, ?(?:\?|\$\d+)(?:::\w+)?){2,}/g, '$1, …')
    .replace(/(\([^()]{1,200}\))(?: ?, ?\1)+/g, '$1, …');
}

function shorten(sql: string, maxLength: number): string {
  return sql.length <= maxLength ? sql : `${sql.slice(0, maxLength - 1)}…`;
}
