import type { EvidenceTable } from '../../core/report.ts';
import type { Block } from '../blocks/builders.ts';
import { context, section } from '../blocks/builders.ts';
import { paragraph, preformatted, richText } from '../blocks/rich-text.ts';
import { inline, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { cellText, isLong } from './cell-text.ts';
import { grid, MOST_COLUMNS } from './grid.ts';
import type { Part, Passage } from './passage.ts';
import type { ReportView } from './report-view.ts';

const MOST_TABLES = 4;
/** Those of a report over a long time are its content, not its proof. */
const MOST_DIGEST_TABLES = 8;
const MOST_ROWS = 8;
const MOST_LISTED_ROWS = 5;
const LONG_LENGTH = 600;
/** A statement that is longer fills a phone. */
const SQL_LENGTH = 400;

/** The tables that matter most; all tables in full are in the file. */
export function evidencePart(view: ReportView): Part {
  const { report, shortener } = view;
  const { shown, hidden } = shortener.list(report.tables, report.overview ? 0 : mostTables(report));
  // Whoever asks how everything is doing wants one message; the tables are in the file.
  if (report.overview) return { name: 'evidence', passages: [] };
  const more = mrkdwn`… ${hidden} more tables in the file below`;
  return {
    name: 'evidence',
    passages: [
      ...shown.map((table) => tablePassage(view, table)),
      ...(hidden > 0 ? [{ blocks: [context(more)], text: [more] }] : []),
    ],
  };
}

function mostTables({ digest }: ReportView['report']): number {
  return digest === undefined ? MOST_TABLES : MOST_DIGEST_TABLES;
}

function tablePassage(view: ReportView, table: EvidenceTable): Passage {
  const title = mrkdwn`${inline(table.title, 150)} (${inline(table.probe, 60)} on ${inline(table.service, 80)})`;
  const listed = view.blockSet === 'classic' || table.columns.some(isLong);
  const rows = view.shortener.list(table.rows, listed ? MOST_LISTED_ROWS : MOST_ROWS);
  const body = listed
    ? rowList(view, { ...table, rows: rows.shown })
    : grid(view, { ...table, rows: rows.shown });
  const more = leftOut(rows.hidden, table.omittedRows ?? 0);
  const [first] = table.rows;
  const spoken = table.columns
    .slice(0, MOST_COLUMNS)
    .map((column, index) => `${column.title} ${cellText(first?.[index], column, view.timezone)}`);
  return {
    blocks: [section(mrkdwn`*${title}*`), body, ...more.map((line) => context(line))],
    text: [title, mrkdwn`First: ${inline(spoken.join(', '))}`, ...more],
  };
}

function leftOut(hidden: number, omitted: number): readonly Mrkdwn[] {
  return [
    ...(hidden > 0 ? [mrkdwn`… ${hidden} more rows in the file below`] : []),
    ...(omitted > 0 ? [mrkdwn`${omitted} more rows were not collected`] : []),
  ];
}

/** One paragraph for each row, with SQL and log lines under it as they are: readable on a phone. */
function rowList({ shortener, timezone }: ReportView, table: EvidenceTable): Block {
  // Two statements under one row look the same: then each says whose it is.
  const isTitled = table.columns.filter(isLong).length > 1;
  const elements = table.rows.flatMap((row, rank) => {
    const cells = table.columns.map((column, index) => ({
      column,
      text: cellText(row[index], column, timezone),
    }));
    const short = cells
      .filter(({ column }) => !isLong(column))
      .map(({ column, text }) => `${column.title} ${text}`)
      .join(' · ');
    const long = shortener
      .list(
        cells.filter(({ column }) => isLong(column)),
        2,
      )
      .shown.map(({ text, column }) => {
        const short =
          column.format === 'sql' ? shortener.sql(text, SQL_LENGTH) : shortener.text(text, LONG_LENGTH);
        return preformatted(isTitled ? `-- ${column.title}:\n${short}` : short, LONG_LENGTH);
      });
    return [paragraph({ text: `${rank + 1}. `, bold: true }, { text: shortener.text(short, 350) }), ...long];
  });
  return richText(...(elements.length > 0 ? elements : [paragraph({ text: 'No rows.' })]));
}
