import { quoteName, splitTable } from '../sql/statement-shape.ts';
import type { CauseAdvice } from './cause.ts';

export const INDEX_RISK =
  'It reads the whole table and takes disk space; writes get a little slower. Run it alone, outside a transaction, and not while a long transaction is open. If it fails it leaves an INVALID index that has to be dropped.';
export const INDEX_SOURCE =
  'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY';

/** The longest name that PostgreSQL keeps. */
const LONGEST_NAME = 63;

interface NewIndex {
  /** With its schema, quoted where needed. */
  readonly table: string;
  /** Columns and expressions as CREATE INDEX takes them. */
  readonly keys: readonly string[];
  readonly why: string;
}

/** The advice to create an index, with the command to copy and the one that takes it back. */
export function createIndex({ table, keys, why }: NewIndex): CauseAdvice {
  const words = keys.map((key) =>
    key.replace(/ (?:ASC|DESC|NULLS FIRST|NULLS LAST)/g, '').replace(/\W+/g, '_'),
  );
  const { schema, name: bare } = splitTable(table);
  const name = quoteName(`${bare}_${words.join('_')}_idx`.replace(/_{2,}/g, '_').slice(0, LONGEST_NAME));
  return {
    title: `Create an index on ${table} (${keys.join(', ')})`,
    why,
    effect: 'changes',
    command: `CREATE INDEX CONCURRENTLY ${name} ON ${table} (${keys.join(', ')});`,
    risk: INDEX_RISK,
    undo: `DROP INDEX CONCURRENTLY ${schema}${name};`,
    source: INDEX_SOURCE,
  };
}
