import type { Advice } from '../../core/diagnosis/cause.ts';
import { blocks, context, section } from '../blocks/builders.ts';
import { isWebLink } from '../blocks/buttons.ts';
import { preformatted, richText } from '../blocks/rich-text.ts';
import { inline, joinMrkdwn, link, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import type { Part, Passage } from './passage.ts';
import type { ReportView } from './report-view.ts';
import type { Shortener } from './shortener.ts';

const MOST_STEPS = 3;
const COMMAND_LENGTH = 2_000;

/** At most three steps, each with the command to copy, why, risk and undo. */
export function nextStepsPart({ report, shortener }: ReportView): Part {
  const { shown } = shortener.list(report.nextSteps, MOST_STEPS);
  return { name: 'next_steps', passages: shown.map((advice, index) => step(shortener, advice, index + 1)) };
}

function step(shortener: Shortener, advice: Advice, rank: number): Passage {
  const title = mrkdwn`Do next, ${rank}: ${inline(shortener.text(advice.title, 300), 450)}`;
  const why = inline(shortener.text(advice.why, 700), 900);
  const notes = notesOf(shortener, advice);
  const { command } = advice;
  return {
    blocks: blocks(
      section(joinMrkdwn([mrkdwn`*${title}*`, why], '\n')),
      command === undefined
        ? undefined
        : richText(preformatted(shortener.text(command, COMMAND_LENGTH), COMMAND_LENGTH)),
      notes.length > 0 ? context(...notes) : undefined,
    ),
    text: [
      title,
      why,
      ...(command === undefined ? [] : [mrkdwn`Command: ${inline(command, 400)}`]),
      ...notes,
    ],
  };
}

function notesOf(shortener: Shortener, { effect, risk, undo, source }: Advice): readonly Mrkdwn[] {
  return [
    ...(effect === 'reads' ? [mrkdwn`It only looks; nothing changes.`] : []),
    ...(risk === undefined ? [] : [mrkdwn`Risk: ${inline(shortener.text(risk, 400), 550)}`]),
    ...(undo === undefined ? [] : [mrkdwn`Undo: ${inline(shortener.text(undo, 400), 550)}`]),
    ...(source === undefined || !isWebLink(source) ? [] : [sourceLink(source)]),
  ];
}

/** A longer address would be cut with the line. */
function sourceLink(url: string): Mrkdwn {
  const why = link(url, 'Why this works');
  return why.mrkdwn.length > 500 ? inline(url, 500) : why;
}
