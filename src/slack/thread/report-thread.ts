import type { Report } from '../../core/report.ts';
import type { OutgoingMessage } from '../../engine/ports/message.ts';
import { context } from '../blocks/builders.ts';
import { reportLinks } from '../cards/report-links.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { messageText, mrkdwn } from '../text/mrkdwn.ts';
import { chartParts } from './charts-part.ts';
import { evidencePart } from './evidence-part.ts';
import { fullTextPart } from './full-text-part.ts';
import { nextStepsPart } from './next-steps-part.ts';
import { notMeasuredPart } from './not-measured-part.ts';
import { type Part, toPages } from './passage.ts';
import { createShortener } from './shortener.ts';
import { statementsPart } from './statements-part.ts';
import { verdictPart } from './verdict-part.ts';

export interface ThreadOptions {
  readonly threadOf: string;
  readonly channel: string;
  readonly keyPrefix: string;
  readonly groupId?: string;
  readonly firstPosition: number;
  /** The report has no message of its own: its links stand in the thread. */
  readonly withoutCard?: boolean;
}

/** The thread of a report: verdict, charts, next steps, evidence, not measured; a file when anything was shortened. */
export function renderThread(
  report: Report,
  options: ThreadOptions,
  renderer: RendererOptions,
): readonly OutgoingMessage[] {
  const shortener = createShortener();
  const view = {
    report,
    shortener,
    timezone: renderer.timezone,
    blockSet: renderer.blockSet ?? 'all',
    ...(options.withoutCard && { links: reportLinks(report, renderer) }),
  };
  const parts = [
    verdictPart(view),
    ...chartParts(view),
    nextStepsPart(view),
    evidencePart(view),
    notMeasuredPart(view),
  ];
  const all = [
    ...parts,
    ...(shortener.statementsShortened() ? [statementsPart(view)] : []),
    ...(shortener.shortened() ? [fullTextPart(view)] : []),
  ];
  return all
    .filter(({ passages }) => passages.length > 0)
    .flatMap((part) => toMessages(part, report, options))
    .map((message, index) => ({ ...message, position: options.firstPosition + index }));
}

function toMessages(part: Part, report: Report, options: ThreadOptions): readonly OutgoingMessage[] {
  const pages = toPages(part.passages);
  return pages.map((page, index) => {
    const key = `${options.keyPrefix}/${part.name}${index === 0 ? '' : `/${index + 1}`}`;
    const continued = index === 0 ? [] : [mrkdwn`Continued, ${index + 1} of ${pages.length}`];
    return {
      key,
      channel: options.channel,
      threadOf: options.threadOf,
      position: 0,
      content: {
        text: messageText([...continued, ...page.flatMap(({ text }) => text)]),
        blocks: [...continued.map((line) => context(line)), ...page.flatMap(({ blocks }) => blocks)],
        metadata: {
          event_type: 'perfbot_report',
          event_payload: {
            part: part.name,
            key,
            run_id: report.runId,
            ...(options.groupId !== undefined && { group_id: options.groupId }),
          },
        },
      },
      ...(part.attachments !== undefined && { attachments: part.attachments }),
    };
  });
}
