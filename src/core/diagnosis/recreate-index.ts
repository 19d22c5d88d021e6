import { type Row, textIn } from './cells.ts';

/** The way back after an index was dropped: its definition, made without locking writes out. Empty when it is not known. */
export function recreatedBy(row: Row): { readonly undo: string } {
  const definition = textIn(row, 'definition');
  if (definition === '')
    return { undo: 'Create it again; write its definition down first (pg_get_indexdef).' };
  return { undo: `${definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ')};` };
}
