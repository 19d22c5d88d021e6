import { LIMITS } from '../../core/block-kit/limits.ts';
import type { ChartSpec } from '../../core/chart.ts';
import type { Attachment } from '../../engine/ports/message.ts';
import { bullets, richText } from '../blocks/rich-text.ts';
import { oneLine } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';
import { inline, mrkdwn } from '../text/mrkdwn.ts';
import type { Part } from './passage.ts';
import type { ReportView } from './report-view.ts';

/** More pictures in one message than this are too small to read on a phone. */
const CHARTS_PER_MESSAGE = 4;

/** One message with up to four pictures, further messages for further pictures. */
export function chartParts({ report }: ReportView): readonly Part[] {
  const groups = Array.from({ length: Math.ceil(report.charts.length / CHARTS_PER_MESSAGE) }, (_, index) =>
    report.charts.slice(index * CHARTS_PER_MESSAGE, (index + 1) * CHARTS_PER_MESSAGE),
  );
  return groups.map((charts, index) => ({
    name: index === 0 ? 'charts' : `charts-${index + 1}`,
    passages: [
      {
        blocks: [
          richText(
            bullets(
              charts.map(({ title, alt }) => [
                { text: cutText(oneLine(title), 150), bold: true },
                { text: `: ${cutText(withoutTitle(alt, title), 400)}` },
              ]),
            ),
          ),
        ],
        text: charts.map(
          ({ title, alt }) => mrkdwn`Chart ${inline(title, 150)}: ${inline(withoutTitle(alt, title), 600)}`,
        ),
      },
    ],
    attachments: charts.map(toAttachment),
  }));
}

/** The description of most charts begins with their title, which stands before it here. */
function withoutTitle(alt: string, title: string): string {
  const [said, named] = [oneLine(alt), oneLine(title)];
  return said.startsWith(`${named}: `) ? said.slice(named.length + 2) : said;
}

function toAttachment({ id, title, alt }: ChartSpec): Attachment {
  return {
    kind: 'chart',
    chartId: id,
    filename: `${fileName(id)}.png`,
    title: cutText(oneLine(title), 150) || 'Chart',
    alt: cutText(oneLine(alt), LIMITS.image.alt) || 'Chart',
  };
}

/** Letters, digits, dot and dash only, at most 80. */
export function fileName(id: string): string {
  return id.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 80) || 'file';
}
