import { cleanText, oneLine } from './clean-text.ts';
import { cutText } from './cut-text.ts';
import { escapeText } from './escape-text.ts';
import { literalLabel, literalText, withoutQuotes } from './literal-text.ts';

declare const finished: unique symbol;

/** Finished Slack markup. Only this file makes it: whatever enters it from elsewhere is literal. */
export interface Mrkdwn {
  readonly mrkdwn: string;
  readonly [finished]: true;
}

/** Longest value that enters a markup without a limit of its own, in UTF-16 units. */
const VALUE_LENGTH = 300;
/** Slack cuts the `text` of an edited message beyond about 4,000 bytes. */
const TEXT_BYTES = 3_800;
/** A reference, code, or a sign of our own; the signs of others stand inside of references. */
const REFERENCE_OR_CODE_OR_BOLD = /<[^<>]*>|`[^`\n]*`|\*/g;

const byteLength = (text: string) => Buffer.byteLength(text, 'utf8');

function finish(markup: string): Mrkdwn {
  return { mrkdwn: markup } as Mrkdwn;
}

/** Untrusted text on one line, literal, at most `max` characters long as markup. */
export function inline(text: string, max: number = VALUE_LENGTH): Mrkdwn {
  return finish(fitted(oneLine(text), max, literalText));
}

/** Untrusted text as inline code, to be typed or copied. Code cannot hold a back quote: it becomes an apostrophe. */
export function code(text: string, max: number = VALUE_LENGTH): Mrkdwn {
  const shown = fitted(oneLine(text).replace(/[`｀]/g, "'"), max, escapeText);
  return finish(shown === '' ? '' : `\`${shown}\``);
}

/** A link with an untrusted label; `url` has passed `isWebLink`. */
export function link(url: string, label: string, max: number = VALUE_LENGTH): Mrkdwn {
  // These three would end the address.
  const address = escapeText(new URL(url).href.replace(/[|<>]/g, encodeURIComponent));
  return finish(`<${address}|${fitted(oneLine(label), max, literalLabel)}>`);
}

/** What Slack shows by an id or a number of ours: `@U012AB3CD`, `#C012AB3CD`, `!date^…|…`. */
export function reference(body: `${'@' | '#' | '!'}${string}`): Mrkdwn {
  return finish(`<${body.replace(/[<>&]/g, '')}>`);
}

/** Template tag: the literal parts are markup, every string value is literal text and shortened. */
export function mrkdwn(
  literal: TemplateStringsArray,
  ...values: readonly (string | number | Mrkdwn)[]
): Mrkdwn {
  const parts = literal.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (typeof value === 'object' ? value.mrkdwn : phrase(String(value)));
  });
  return finish(parts.join(''));
}

/** Like `inline`, but blanks at the ends stay: a value may be a part of a sentence. */
function phrase(text: string): string {
  return fitted(cleanText(text).replace(/\s+/g, ' '), VALUE_LENGTH, literalText);
}

/** As much of the text as has room with its escapes, within a few characters. */
function fitted(text: string, max: number, toMarkup: (part: string) => string): string {
  const cut = (length: number) => toMarkup(cutText(text, length));
  const whole = cut(max);
  if (whole.length <= max) return whole;
  let tooLong = Math.min(max, text.length);
  // Most texts are too long by an escape or two.
  let tried = Math.max(0, tooLong - (whole.length - max));
  let shown = '';
  let fits = 0;
  while (tooLong - fits > Math.max(1, max / 20)) {
    const part = cut(tried);
    if (part.length > max) tooLong = tried;
    else [fits, shown] = [tried, part];
    tried = Math.floor((fits + tooLong) / 2);
  }
  return shown;
}

/** Joins what is not empty. */
export function joinMrkdwn(parts: readonly Mrkdwn[], separator: string): Mrkdwn {
  return finish(
    parts
      .map((part) => part.mrkdwn)
      .filter((part) => part !== '')
      .join(separator),
  );
}

/** Cuts finished markup and never leaves half an entity or half a mention behind. */
export function cutMrkdwn({ mrkdwn: markup }: Mrkdwn, max: number): Mrkdwn {
  return finish(mend(cutText(withoutQuotes(markup), max)));
}

/** The top-level `text` of a message from its lines: what screen readers and notifications say, so without bold. */
export function messageText(lines: readonly Mrkdwn[]): string {
  const said = joinMrkdwn(lines, '\n').mrkdwn.replace(REFERENCE_OR_CODE_OR_BOLD, (part) =>
    part === '*' ? '' : part,
  );
  return mend(cutText(withoutQuotes(said) || 'perfbot', TEXT_BYTES, byteLength));
}

function mend(text: string): string {
  return text.replace(/(?:&[a-z]{0,3}|<[^<>]*)…$/, '…');
}
