import type { EvidenceLine } from '../../core/diagnosis/cause.ts';
import { showValue } from '../text/times.ts';

/** `what: measured · usual · threshold · where from`; what the sentence says already is not said again. */
export function evidenceText(line: EvidenceLine, timezone: string): string {
  const { text, value, unit, usual, threshold, probe } = line;
  // A fact without a unit, such as a status, stands in its sentence.
  const measured =
    unit === undefined || typeof value === 'string' ? undefined : showValue(value, unit, timezone);
  const compared = [
    ...(usual === undefined ? [] : [{ word: 'usually', value: showValue(usual, unit, timezone) }]),
    ...(threshold === undefined ? [] : [{ word: 'limit', value: showValue(threshold, unit, timezone) }]),
  ]
    .filter(({ value: shown }) => !text.includes(shown))
    .map(({ word, value: shown }) => `${word} ${shown}`);
  const what = measured === undefined || text.includes(measured) ? text : `${text}: ${measured}`;
  return [what, ...compared, probe].join(' · ');
}
