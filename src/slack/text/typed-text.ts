import { inline, joinMrkdwn, type Mrkdwn } from './mrkdwn.ts';

/** Our own sentences mark what is to be typed with back quotes: those parts become code, the rest is literal. */
export function typedText(sentence: string, max = 600): Mrkdwn {
  const parts = sentence.split('`');
  // An odd number of marks is no markup of ours.
  if (parts.length % 2 === 0) return inline(sentence.replaceAll('`', "'"), max);
  return joinMrkdwn(
    parts.map((part, index) => {
      const shown = inline(part, max);
      if (index % 2 === 0) return { mrkdwn: pad(part, shown) };
      return { mrkdwn: shown.mrkdwn === '' ? '' : `\`${shown.mrkdwn}\`` };
    }),
    '',
  );
}

/** The blanks around a part belong to the sentence. */
function pad(part: string, shown: Mrkdwn): string {
  if (shown.mrkdwn === '') return part === '' ? '' : ' ';
  return `${/^\s/.test(part) ? ' ' : ''}${shown.mrkdwn}${/\s$/.test(part) ? ' ' : ''}`;
}
