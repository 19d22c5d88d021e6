import type { Report } from '../../core/report.ts';
import { inline, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { numbersLine } from './numbers.ts';

const VERDICT_LENGTH = 1_000;

/** What a card says of a report: verdict, numbers, the next step. */
export function reportLines(report: Report, timezone: string): readonly Mrkdwn[] {
  const [next, ...more] = report.nextSteps;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  return [
    inline(report.verdict, VERDICT_LENGTH),
    ...(report.numbers.length > 0 ? [numbersLine(report.numbers, timezone)] : []),
    ...(next === undefined
      ? []
      : [mrkdwn`Do next: ${inline(next.title)}${others} (in the thread, with risk and undo)`]),
  ];
}

/** The same with the verdict in bold, for the blocks of a card. */
export function boldFirst([first, ...rest]: readonly Mrkdwn[]): readonly Mrkdwn[] {
  return first === undefined ? [] : [mrkdwn`*${first}*`, ...rest];
}
