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

/** Words that PostgreSQL takes as names in quotes only (appendix C of its documentation, "reserved"). */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with'.split(
    ' ',
  ),
);

/** A name as SQL needs it: in double quotes unless it is plain lower case and no word of the language. */
export function quoteName(name: string): string {
  const plain = /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** True when two names mean the same table, whichever of them has a schema or quotes; of two schemas both have to agree. */
export function isSameTable(one: string, other: string): boolean {
  const [a, b] = [nameParts(one), nameParts(other)];
  return a.table === b.table && (a.schema === undefined || b.schema === undefined || a.schema === b.schema);
}

function nameParts(name: string) {
  const { schema, name: table } = splitTable(name);
  return { table, schema: schema === '' ? undefined : unquote(schema.slice(0, -1)) };
}

/** The parts of a table's name as PostgreSQL writes it: the schema with its dot, quoted as it was, and the bare name. */
export function splitTable(table: string): { readonly schema: string; readonly name: string } {
  const last = lastPart(table);
  return { schema: table.slice(0, table.length - last.length), name: unquote(last) };
}

function lastPart(name: string): string {
  return /(?:^|\.)("(?:[^"]|"")+"|[^.]+)$/.exec(name)?.[1] ?? name;
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
