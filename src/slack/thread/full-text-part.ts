import { section } from '../blocks/builders.ts';
import { mrkdwn } from '../text/mrkdwn.ts';
import { fileName } from './charts-part.ts';
import { fullText } from './full-text.ts';
import type { Part } from './passage.ts';
import type { ReportView } from './report-view.ts';

/** The whole report as a text file: nothing that the messages shorten is lost. */
export function fullTextPart({ report, timezone }: ReportView): Part {
  const line = mrkdwn`The whole report as a file: what is shortened above is there in full.`;
  return {
    name: 'full_report',
    passages: [{ blocks: [section(line)], text: [line] }],
    attachments: [
      {
        kind: 'text',
        text: fullText(report, timezone),
        filename: `report-${fileName(report.runId)}.txt`,
        title: 'Report in full',
      },
    ],
  };
}
