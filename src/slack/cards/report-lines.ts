import type { Advice } from '../../core/diagnosis/cause.ts';
import type { Report } from '../../core/report.ts';
import { inline, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { numbersLine } from './numbers.ts';

const VERDICT_LENGTH = 1_000;

/** What a card says of a report: verdict in bold, numbers, the next step. `past`: the numbers are not those of now. */
export function reportLines(
  report: Report,
  { timezone, past = false }: { timezone: string; past?: boolean },
): readonly Mrkdwn[] {
  const [next, ...more] = report.nextSteps;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  const numbers = numbersLine(report.numbers, timezone);
  return [
    mrkdwn`*${inline(report.verdict, VERDICT_LENGTH)}*`,
    ...(numbers.mrkdwn === '' ? [] : [past ? mrkdwn`While it fired: ${numbers}` : numbers]),
    ...(report.changed === undefined ? [] : [mrkdwn`Changed: ${inline(report.changed, 300)}`]),
    ...(next === undefined
      ? []
      : [mrkdwn`Do next: ${inline(next.title)}${others} (in the thread${detailsOf(next)})`]),
  ];
}

function detailsOf({ risk, undo }: Advice): string {
  const told = [...(risk === undefined ? [] : ['risk']), ...(undo === undefined ? [] : ['undo'])];
  return told.length === 0 ? '' : `, with ${told.join(' and ')}`;
}
