import type { EvidenceLine } from '../../core/diagnosis/cause.ts';
import { showValue } from '../text/times.ts';

/** `measured · usual · threshold · where from`; what the sentence says already is not said again. */
export function evidenceText(line: EvidenceLine, timezone: string): string {
  const { text, unit, usual, threshold, probe } = line;
  const compared = [
    ...(usual === undefined ? [] : [{ word: 'usually', value: showValue(usual, unit, timezone) }]),
    ...(threshold === undefined ? [] : [{ word: 'limit', value: showValue(threshold, unit, timezone) }]),
  ]
    .filter(({ value }) => !text.includes(value))
    .map(({ word, value }) => `${word} ${value}`);
  return [text, ...compared, probe].join(' · ');
}
