import { cleanText, oneLine } from './clean-text.ts';
import { cutText } from './cut-text.ts';
import { escapeText } from './escape-text.ts';

/** Finished Slack markup. Plain strings are not: they are escaped when they enter it. */
export interface Mrkdwn {
  readonly mrkdwn: string;
}

/** Longest value that enters a markup without a limit of its own, in UTF-16 units. */
const VALUE_LENGTH = 300;
/** Slack cuts the `text` of an edited message beyond about 4,000 bytes. */
const TEXT_BYTES = 3_800;

const escapedLength = (text: string) => escapeText(text).length;
const byteLength = (text: string) => Buffer.byteLength(text, 'utf8');

/** Untrusted text on one line, escaped, at most `max` characters long after escaping. */
export function inline(text: string, max: number = VALUE_LENGTH): Mrkdwn {
  return { mrkdwn: escapeText(cutText(oneLine(text), max, escapedLength)) };
}

/** Template tag: the literal parts are markup, every string value is escaped and shortened. */
export function mrkdwn(
  literal: TemplateStringsArray,
  ...values: readonly (string | number | Mrkdwn)[]
): Mrkdwn {
  const parts = literal.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (typeof value === 'object' ? value.mrkdwn : phrase(String(value)));
  });
  return { mrkdwn: parts.join('') };
}

/** Like `inline`, but blanks at the ends stay: a value may be a part of a sentence. */
function phrase(text: string): string {
  return escapeText(cutText(cleanText(text).replace(/\s+/g, ' '), VALUE_LENGTH, escapedLength));
}

/** Joins what is not empty. */
export function joinMrkdwn(parts: readonly Mrkdwn[], separator: string): Mrkdwn {
  return {
    mrkdwn: parts
      .map((part) => part.mrkdwn)
      .filter((part) => part !== '')
      .join(separator),
  };
}

/** Cuts finished markup and never leaves half an entity or half a mention behind. */
export function cutMrkdwn(text: string, max: number): string {
  return mend(cutText(text, max));
}

/** The top-level `text` of a message from its lines: what screen readers and notifications say, so without bold. */
export function messageText(lines: readonly Mrkdwn[]): string {
  const said = joinMrkdwn(lines, '\n').mrkdwn.replace(/\*([^*\n]+)\*/g, '$1');
  return mend(cutText(said || 'perfbot', TEXT_BYTES, byteLength));
}

function mend(text: string): string {
  return text.replace(/(?:&[a-z]{0,3}|<[^<>]*)…$/, '…');
}
