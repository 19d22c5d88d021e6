import { escapeText } from './escape-text.ts';

/** Slack formats with the wide forms of East Asian keyboards too (source: jsx-slack, "Special characters"). */
const SIGN = /[*_~`＊＿｀]/;
/** Slack wants the border of a word at a sign: an underscore inside of a name formats nothing. */
const INNER_UNDERSCORE = /(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])/g;
const EMOJI = /:[\p{L}\p{N}\p{M}_＿+＋'-]+:/u;
/** A name at the end, which a colon of our own sentence could close; a port is none. */
const OPEN_EMOJI = /:(?!\d+$)[\p{L}\p{N}\p{M}_＿+＋'-]+$/u;
/** What an escape can carry: `|` and `^` part its fields, and entities are not read in it. */
const WORD = /[^\s&<>|^]+|[&<>]/g;
const AS_WORDS = '<!date^00000000^{_}|';
const QUOTE_AT_LINE_START = /^([\s*]*)(&gt;|＞)/gm;

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '*': '∗',
  '＊': '∗',
  _: 'ˍ',
  '＿': 'ˍ',
  '~': '∼',
  '`': 'ˋ',
  '｀': 'ˋ',
  ':': '∶',
};

/**
 * Text that mrkdwn shows as it is, to the letter also when it is copied: no mention, link, style, code or emoji.
 * Slack has no escape for its signs. A date with a format that does not exist is shown as its own words, which
 * are not parsed (source: jsx-slack, "About escape and exact mode"). An invisible blank beside the sign does
 * not help: it makes a border of a word, and there Slack does format.
 */
export function literalText(text: string): string {
  return (
    text
      .replace(WORD, (word, start: number) =>
        wouldFormat(word) || (start + word.length === text.length && OPEN_EMOJI.test(word))
          ? `${AS_WORDS}${word}>`
          : escapeText(word),
      )
      // Neighbours share one: each costs characters of the message.
      .replaceAll(`> ${AS_WORDS}`, ' ')
  );
}

/** The same for the label of a link, which can carry no date: signs become characters that look like them. */
export function literalLabel(text: string): string {
  return text.replace(WORD, (word) =>
    wouldFormat(word)
      ? word.replace(/[*_~`＊＿｀:]/g, (sign) => LOOK_ALIKES[sign] ?? sign)
      : escapeText(word),
  );
}

/** Keeps lines of finished markup from being quotes: Slack makes one where `>` comes first, whatever wrote it. */
export function withoutQuotes(markup: string): string {
  return markup.replace(QUOTE_AT_LINE_START, '$1\u00ad$2');
}

function wouldFormat(word: string): boolean {
  return SIGN.test(word.replace(INNER_UNDERSCORE, '')) || EMOJI.test(word);
}
