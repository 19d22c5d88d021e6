import type { Table } from '../../core/evidence.ts';
import type { Block } from '../blocks/builders.ts';
import { oneLine } from '../text/clean-text.ts';
import { cellText } from './cell-text.ts';
import type { ReportView } from './report-view.ts';

/** More columns are too narrow to be read on a phone. */
export const MOST_COLUMNS = 7;
const CELL_LENGTH = 60;

/** A real table: short cells only. */
export function grid(
  { shortener, timezone }: Pick<ReportView, 'shortener' | 'timezone'>,
  table: Pick<Table, 'columns' | 'rows'>,
): Block {
  const columns = shortener.list(table.columns, MOST_COLUMNS).shown;
  const raw = (text: string) => ({
    type: 'raw_text',
    text: oneLine(shortener.text(text, CELL_LENGTH)) || '–',
  });
  const settings = columns.map(({ unit }) => ({ align: unit === undefined ? 'left' : 'right' }));
  return {
    type: 'table',
    column_settings: settings,
    rows: [
      columns.map(({ title }) => raw(title)),
      ...table.rows.map((row) => columns.map((column, index) => raw(cellText(row[index], column, timezone)))),
    ],
  };
}
