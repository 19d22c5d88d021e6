const ELLIPSIS = '…';
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How long a text counts; the default is UTF-16 units. */
export type Measure = (text: string) => number;

/** The text, or its beginning and `…`, at most `max` long by `measure`; never cuts inside a visible character. */
export function cutText(text: string, max: number, measure: Measure = (part) => part.length): string {
  if (measure(text) <= max) return text;
  const room = max - measure(ELLIPSIS);
  if (room < 0) return '';
  let used = 0;
  let end = 0;
  // What is longer than the room in units cannot fit by any measure used here, so there is no need to segment it.
  for (const { segment, index } of GRAPHEMES.segment(text.slice(0, room + 64))) {
    used += measure(segment);
    if (used > room) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}${ELLIPSIS}`;
}
