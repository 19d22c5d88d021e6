import { cleanText, oneLine } from '../text/clean-text.ts';
import { cutText } from '../text/cut-text.ts';
import { type Block, NOTHING } from './builders.ts';

/** A piece of text that Slack shows as it is. It is not escaped: nothing in rich text is parsed. */
export interface Piece {
  readonly text: string;
  readonly bold?: boolean;
  readonly code?: boolean;
}

const PIECE_LENGTH = 1_000;

function leaf({ text, bold, code }: Piece): Block {
  const style = { ...(bold && { bold }), ...(code && { code }) };
  const shown = cutText(cleanText(text).replace(/\n+/g, ' '), PIECE_LENGTH);
  return { type: 'text', text: shown || NOTHING, ...(Object.keys(style).length > 0 && { style }) };
}

function richSection(pieces: readonly Piece[]): Block {
  const filled = pieces.filter(({ text }) => text !== '');
  return {
    type: 'rich_text_section',
    elements: (filled.length > 0 ? filled : [{ text: NOTHING }]).map(leaf),
  };
}

/** One paragraph. */
export function paragraph(...pieces: readonly Piece[]): Block {
  return richSection(pieces);
}

/** A bullet list, one line for each item. */
export function bullets(items: readonly (readonly Piece[])[]): Block {
  return { type: 'rich_text_list', style: 'bullet', elements: items.map(richSection) };
}

/** Text to be copied or read as it is: commands, SQL, log lines. At most `max` characters. */
export function preformatted(text: string, max = 2_500): Block {
  const shown = cutText(cleanText(text).trimEnd(), max);
  return {
    type: 'rich_text_preformatted',
    elements: [{ type: 'text', text: oneLine(shown) === '' ? NOTHING : shown }],
  };
}

/** A rich_text block of paragraphs, lists and preformatted text. */
export function richText(...elements: readonly Block[]): Block {
  return { type: 'rich_text', elements };
}
