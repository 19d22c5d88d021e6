import type { KeyNumber } from '../../core/report.ts';
import { compareSeverity } from '../../core/severity.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { showValue } from '../text/times.ts';

const MOST_NUMBERS = 5;

/** The numbers of a report on one line, those that are off first: `p95 3.4 s, usually 0.4 s, target 2 s · errors 0.2 %, fine`. */
export function numbersLine(numbers: readonly KeyNumber[], timezone: string): Mrkdwn {
  const sorted = [...numbers].sort((a, b) => compareSeverity(b.severity, a.severity));
  const shown = sorted.slice(0, MOST_NUMBERS).map((number) => keyNumber(number, timezone));
  const hidden = sorted.length - shown.length;
  return joinMrkdwn(hidden > 0 ? [...shown, mrkdwn`${hidden} more in the thread`] : shown, ' · ');
}

function keyNumber({ title, value, unit, severity, usual, target }: KeyNumber, timezone: string): Mrkdwn {
  const name = inline(title, 60);
  const measured = showValue(value, unit, timezone);
  if (severity === 'ok') return mrkdwn`${name} ${measured}, fine`;
  const compared = [
    ...(usual === undefined ? [] : [`usually ${showValue(usual, unit, timezone)}`]),
    ...(target === undefined ? [] : [`target ${showValue(target, unit, timezone)}`]),
  ];
  return joinMrkdwn([mrkdwn`${name} *${measured}*`, ...compared.map((part) => inline(part))], ', ');
}
