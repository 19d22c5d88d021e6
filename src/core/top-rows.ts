import type { Table } from './evidence.ts';

type Row = Table['rows'][number];
type ShownRows = Pick<Table, 'rows' | 'omittedRows'>;

/** The rows of the first `most` items, and how many items were left out: nothing is cut silently. */
export function topRows<T>(
  items: readonly T[],
  most: number,
  toRow: (item: T, index: number) => Row,
): ShownRows {
  return rowsOutOf(items.length, items.slice(0, most).map(toRow));
}

/** Rows that were chosen from `total`, and how many were left out. */
export function rowsOutOf(total: number, rows: readonly Row[]): ShownRows {
  return { rows, ...(total > rows.length && { omittedRows: total - rows.length }) };
}
