/** Quoted names, words, parentheses, and what stands between them. */
const ELEMENT =
  /"(?:[^"]|"")*"?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\(|\)|[^"()A-Za-z_\u0080-\uffff]+/g;

/** A list that is no longer says as much as the sign that would replace it. */
const LEAST_LEFT_OUT = 12;

/** So many levels of brackets are emptied at most. */
const MOST_ROUNDS = 20;

/** Words that begin a line of their own in a statement that is laid out. */
const CLAUSES =
  /^(?:from|where|group|having|order|limit|offset|union|intersect|except|returning|values|set|on|join|left|right|full|inner|cross|window|for)$/i;

/**
 * A statement without values, at most `max` long, cut by its structure: first lists of columns go, then what stands in
 * brackets, the innermost first, so that tables and conditions stay; only then its end.
 */
export function shortenSql(sql: string, max: number): string {
  if (sql.length <= max) return sql;
  let text = withoutLists(sql);
  for (let round = 0; round < MOST_ROUNDS && text.length > max; round += 1) {
    const emptied = text.replace(/\((?!…\))[^()]{8,}\)/g, '(…)');
    if (emptied === text) break;
    text = emptied;
  }
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}

/** `SELECT … FROM`, at every depth. */
function withoutLists(sql: string): string {
  const out: string[] = [];
  /** Where the list of each open SELECT begins, by depth. */
  const lists: (number | undefined)[] = [undefined];
  for (const [element] of sql.matchAll(ELEMENT)) {
    if (element === '(') lists.push(undefined);
    if (element === ')' && lists.length > 1) lists.pop();
    const from = lists.at(-1);
    if (/^from$/i.test(element) && from !== undefined) {
      if (out.slice(from).join('').length > LEAST_LEFT_OUT) out.splice(from, Infinity, ' … ');
      lists[lists.length - 1] = undefined;
    }
    out.push(element);
    if (/^select$/i.test(element)) lists[lists.length - 1] = out.length;
  }
  return out.join('');
}

/** The same statement with a line for each of its outer clauses. */
export function layOutSql(sql: string): string {
  let depth = 0;
  let before = '';
  const out: string[] = [];
  for (const [element] of sql.matchAll(ELEMENT)) {
    if (element === '(') depth += 1;
    if (element === ')') depth -= 1;
    const follows =
      /^(?:left|right|full|inner|cross|outer|natural)$/i.test(before) && /^(?:join|outer)$/i.test(element);
    if (depth === 0 && CLAUSES.test(element) && !follows && out.length > 0) {
      out.push(`\n${element}`);
    } else out.push(element);
    if (element.trim() !== '') before = element;
  }
  return out.join('').replace(/ +\n/g, '\n');
}
