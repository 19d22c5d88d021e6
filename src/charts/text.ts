/** Width of a text in pixels in the given CSS font. */
export type Measure = (text: string, font: string) => number;

/** Longest text that is looked at; nobody reads more in a picture, and measuring it costs time. */
const MOST_CHARACTERS = 300;

/**
 * Untrusted text made fit for drawing: one line, without control, zero-width and direction-changing characters
 * (which could make a label read as something else).
 */
export function toDrawable(text: string): string {
  return text
    .slice(0, MOST_CHARACTERS * 4)
    .replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}\p{Cn}]|\p{Variation_Selector}/gu, '')
    .trim()
    .slice(0, MOST_CHARACTERS);
}

/** The text cut in the middle until it fits: names differ at both ends, `shop-api-…-7f9c`. */
export function shortenMiddle(text: string, maxWidth: number, font: string, measure: Measure): string {
  return shorten(text, cut, (candidate) => measure(candidate, font) <= maxWidth);
}

/** The text cut at its end until it fits: functions are known by how they begin. */
export function shortenEnd(text: string, maxWidth: number, font: string, measure: Measure): string {
  return shorten(text, cutEnd, (candidate) => measure(candidate, font) <= maxWidth);
}

function shorten(text: string, cutTo: typeof cut, fits: (candidate: string) => boolean): string {
  if (fits(text)) return text;
  const characters = [...text];
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const keep = Math.ceil((low + high) / 2);
    if (fits(cutTo(characters, keep))) low = keep;
    else high = keep - 1;
  }
  return cutTo(characters, low);
}

function cut(characters: readonly string[], keep: number): string {
  const head = Math.ceil(keep / 2);
  const tail = keep - head;
  return `${characters.slice(0, head).join('')}…${tail === 0 ? '' : characters.slice(-tail).join('')}`;
}

function cutEnd(characters: readonly string[], keep: number): string {
  return `${characters.slice(0, keep).join('')}…`;
}

/** The text in at most `maxLines` lines broken at spaces; what is left over is shortened in the middle of the last. */
export function wrapText(
  text: string,
  box: { readonly width: number; readonly maxLines: number },
  font: string,
  measure: Measure,
): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '' && lines.length < box.maxLines - 1 && measure(rest, font) > box.width) {
    const words = rest.split(' ');
    let count = words.length - 1;
    while (count > 1 && measure(words.slice(0, count).join(' '), font) > box.width) count -= 1;
    const line = words.slice(0, Math.max(1, count)).join(' ');
    lines.push(shortenMiddle(line, box.width, font, measure));
    rest = words.slice(Math.max(1, count)).join(' ');
  }
  if (rest !== '') lines.push(shortenMiddle(rest, box.width, font, measure));
  return lines;
}
