import type { Report } from '../../core/report.ts';
import { type Block, context, section } from '../blocks/builders.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { grid } from '../thread/grid.ts';
import { createShortener } from '../thread/shortener.ts';

/** More lines in a channel are not read; the thread has all. */
const MOST_LINES = 5;
const LINE_LENGTH = 300;
const MOST_ROWS = 8;

/** The most important lines of a report over a long time. */
export function digestLines({ digest }: Report): readonly Mrkdwn[] {
  const lines = digest?.lines ?? [];
  const hidden = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES).map((line) => mrkdwn`• ${inline(line, LINE_LENGTH)}`),
    ...(hidden > 0 ? [mrkdwn`… ${hidden} more in the thread`] : []),
  ];
}

/** Lines and table of a report over a long time; nothing for other reports. */
export function digestBlocks(
  report: Report,
  { timezone, blockSet }: Pick<RendererOptions, 'timezone' | 'blockSet'>,
): readonly Block[] {
  const lines = digestLines(report);
  const table = blockSet === 'classic' ? undefined : report.digest?.table;
  const rows = table?.rows.slice(0, MOST_ROWS) ?? [];
  const hidden = (table?.rows.length ?? 0) - rows.length;
  return [
    ...(lines.length > 0 ? [section(joinMrkdwn(lines, '\n'))] : []),
    ...(table && rows.length > 0
      ? [grid({ shortener: createShortener(), timezone }, { columns: table.columns, rows })]
      : []),
    ...(hidden > 0 && rows.length > 0 ? [context(mrkdwn`… ${hidden} more rows in the thread`)] : []),
  ];
}
