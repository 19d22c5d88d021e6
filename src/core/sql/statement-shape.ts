const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;

const TABLE = new RegExp(
  String.raw`\b(?:from|join|update|into)\s+(?:only\s+)?((?:${NAME}\.)?${NAME})(?:\s+(?:as\s+)?(${NAME}))?`,
  'gi',
);

const CONDITION = new RegExp(
  String.raw`((?:${NAME}\s*\.\s*){0,2}${NAME})(?:::\w+)?\s*(=|<=|>=|<(?!>)|>|~~\*?|\b(?:not\s+)?i?like\b|\bin\b|\bbetween\b|\bis\b)`,
  'gi',
);

/** What may stand behind a table's name and is not its alias; in a condition, not a column. */
const KEYWORDS = new Set(
  'and as between by cross for from full group having ilike in inner is join lateral left like limit natural not offset on or order outer returning right set tablesample union using values when where window'.split(
    ' ',
  ),
);

/** Tables that a statement reads or writes, with the alias it gives them (or the name itself), unquoted. */
export function tablesOf(sql: string): readonly { readonly table: string; readonly alias: string }[] {
  return [...sql.matchAll(TABLE)].map(([, table = '', alias = '']) => {
    const name = unquote(lastPart(table));
    const usable = alias !== '' && !KEYWORDS.has(alias.toLowerCase());
    return { table: name, alias: usable ? unquote(alias) : name };
  });
}

/** True when a statement names the table (with or without schema). */
export function mentionsTable(sql: string, table: string): boolean {
  const name = unquote(lastPart(table)).toLowerCase();
  return tablesOf(sql).some((found) => found.table.toLowerCase() === name);
}

/**
 * Columns of a table by which a statement filters: those with `=` or `in`, else those with a range; empty when its text does
 * not show any.
 * It reads the text only: a column without an alias counts where the statement names one table alone.
 */
export function filteredColumns(sql: string, table: string): readonly string[] {
  const tables = tablesOf(sql);
  const name = unquote(lastPart(table)).toLowerCase();
  const aliases = tables
    .filter((found) => found.table.toLowerCase() === name)
    .map(({ alias }) => alias.toLowerCase());
  const where = /\bwhere\b([\s\S]*?)(?:\bgroup\s+by\b|\border\s+by\b|\blimit\b|\breturning\b|$)/i.exec(
    sql,
  )?.[1];
  if (where === undefined || aliases.length === 0) return [];
  const found = [...where.matchAll(CONDITION)].flatMap(([, path = '', operator = '']) => {
    const parts = path.split('.').map((part) => unquote(part.trim()));
    const column = parts.at(-1) ?? '';
    const owner = parts.at(-2)?.toLowerCase();
    const ours = owner === undefined ? tables.length === 1 : aliases.includes(owner);
    return ours && !KEYWORDS.has(column.toLowerCase()) ? [{ column, exact: /^(=|in)$/i.test(operator) }] : [];
  });
  // A range behind an equality would help as well, but a plain index on the equality is the smaller change.
  const exact = found.filter((condition) => condition.exact);
  return [...new Set((exact.length > 0 ? exact : found).map(({ column }) => column))];
}

/** A name as SQL needs it: in double quotes unless it is plain lower case. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function lastPart(name: string): string {
  return /(?:^|\.)("(?:[^"]|"")+"|[^.]+)$/.exec(name)?.[1] ?? name;
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
