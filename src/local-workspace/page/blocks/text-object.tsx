import { withEmoji } from '../text/emoji.ts';
import { Mrkdwn } from '../text/mrkdwn.tsx';
import type { TextObject } from './element-shapes.ts';

/** The text of a text object, without markup, for labels. */
export function plainOf({ type, text, emoji }: TextObject): string {
  return type === 'plain_text' && emoji !== false ? withEmoji(text) : text;
}

/** A text object: mrkdwn with its markup, plain text as it is. */
export function TextContent({ text }: { readonly text: TextObject }) {
  return text.type === 'mrkdwn' ? <Mrkdwn text={text.text} verbatim={text.verbatim} /> : plainOf(text);
}
