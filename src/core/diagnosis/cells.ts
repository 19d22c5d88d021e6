import type { Cell } from '../evidence.ts';

/** A row of a table of evidence by column name, as `rowsOf` answers it. */
export type Row = Readonly<Record<string, Cell>>;

/** A number of a row, or undefined when it is not known. */
export function numberIn(row: Row | undefined, column: string): number | undefined {
  const value = row?.[column];
  return typeof value === 'number' ? value : undefined;
}

/** A text of a row, empty when it is not known. */
export function textIn(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return value === null || value === undefined ? '' : String(value);
}
