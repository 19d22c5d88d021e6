import type { KeyNumber, ServiceLine } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { showValue } from '../text/times.ts';
import { SEVERITY_WORDS } from './severity-words.ts';

const REMARK_LENGTH = 250;

/** One service: state, name, numbers with what is usual and their targets where they are off; what is wrong in words below it. */
export function serviceLine(line: ServiceLine, timezone: string): Mrkdwn {
  const { service, severity, remarks } = line;
  const name = inline(service, 80);
  const numbers = joinMrkdwn(
    line.numbers.map((number) => shortNumber(number, timezone)),
    ' · ',
  );
  const head = joinMrkdwn(
    [mrkdwn`${SEVERITY_WORDS[severity]} *${name}*`, numbers.mrkdwn === '' ? without(severity) : numbers],
    '  ',
  );
  const said = (remark: string) =>
    line.numbers.some(
      ({ title, value, unit }) =>
        remark.startsWith(title) &&
        remark.includes(showValue(value, unit, timezone)) &&
        !/[;.]\s/.test(remark),
    );
  const news = remarks.filter((remark) => !said(remark));
  return joinMrkdwn([head, ...news.map((remark) => mrkdwn`↳ ${inline(remark, REMARK_LENGTH)}`)], '\n');
}

/** A service that has no KPI of its own may well have been looked at. */
function without(severity: Severity): Mrkdwn {
  return inline(severity === 'unknown' ? 'not measured' : 'no KPI to show');
}

function shortNumber({ title, value, unit, severity, usual, target }: KeyNumber, timezone: string): Mrkdwn {
  const text = mrkdwn`${inline(title, 40)} ${showValue(value, unit, timezone)}`;
  if (severity !== 'warning' && severity !== 'critical') return text;
  const beside = [
    ...(usual === undefined ? [] : [`usually ${showValue(usual, unit, timezone)}`]),
    ...(target === undefined ? [] : [`target ${showValue(target, unit, timezone)}`]),
  ];
  return beside.length === 0 ? mrkdwn`*${text}*` : mrkdwn`*${text}* (${beside.join(', ')})`;
}
