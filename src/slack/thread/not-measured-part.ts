import { mergeUnavailable } from '../../core/report/merge-unavailable.ts';
import type { Unavailable } from '../../core/report.ts';
import { bullets, type Piece, paragraph, richText } from '../blocks/rich-text.ts';
import { inline, mrkdwn } from '../text/mrkdwn.ts';
import { lookedAtPassage } from './looked-at-passage.ts';
import type { Part, Passage } from './passage.ts';
import type { ReportView } from './report-view.ts';
import type { Shortener } from './shortener.ts';

const MOST_LINES = 12;

/** What could not be seen with the one line that would allow it, and below in small print what was looked at. */
export function notMeasuredPart(view: ReportView): Part {
  const missing = notMeasured(view);
  const name = missing.length > 0 ? 'not_measured' : 'looked_at';
  return { name, passages: [...missing, ...lookedAtPassage(view)] };
}

function notMeasured({ report, shortener }: ReportView): readonly Passage[] {
  const { shown, hidden } = shortener.list(mergeUnavailable(report.unavailable), MOST_LINES);
  if (shown.length === 0) return [];
  const items = shown.map((item) => line(shortener, item));
  const more = hidden > 0 ? [[{ text: `… ${hidden} more in the file below` }]] : [];
  const texts = items.map((pieces) => inline(pieces.map(({ text }) => text).join('')));
  return [
    {
      blocks: [richText(paragraph({ text: 'Not measured', bold: true }), bullets([...items, ...more]))],
      text: [mrkdwn`Not measured:`, ...texts, ...(hidden > 0 ? [mrkdwn`${hidden} more`] : [])],
    },
  ];
}

function line(shortener: Shortener, { probe, service, reason, mend }: Unavailable): readonly Piece[] {
  const what = { text: shortener.text(`${probe} on ${service}`, 200), bold: true };
  const why = { text: `: ${shortener.text(reason, 250)}` };
  if (mend === undefined) return [what, why];
  return [what, why, { text: '; to mend it: ' }, { text: shortener.text(mend, 250), code: true }];
}
