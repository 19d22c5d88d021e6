import { code, inline, joinMrkdwn, type Mrkdwn, mrkdwn } from './mrkdwn.ts';

/** Our own sentences mark what is to be typed with back quotes: those parts become code, the rest is literal. */
export function typedText(sentence: string, max = 600): Mrkdwn {
  const parts = sentence.split('`');
  // An odd number of marks is no markup of ours.
  if (parts.length % 2 === 0) return inline(sentence, max);
  return joinMrkdwn(
    parts.map((part, index) => (index % 2 === 0 ? padded(part, inline(part, max)) : code(part, max))),
    '',
  );
}

/** The blanks around a part belong to the sentence. */
function padded(part: string, shown: Mrkdwn): Mrkdwn {
  if (shown.mrkdwn === '') return part === '' ? shown : mrkdwn` `;
  return mrkdwn`${/^\s/.test(part) ? ' ' : ''}${shown}${/\s$/.test(part) ? ' ' : ''}`;
}
