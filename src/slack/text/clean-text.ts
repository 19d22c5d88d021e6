/** C0 (without tab and line feed), DEL and C1 controls. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks that turn the direction of what follows, or that nobody sees: they can make a text say something else. */
const HIDDEN = /[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;
const LONE_SURROGATES = /\p{Cs}/gu;

/** Untrusted text without what could garble a message: controls, direction overrides, halves of characters. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '')
    .replace(HIDDEN, '')
    .replace(LONE_SURROGATES, '\ufffd');
}

/** Clean text on one line, blanks around it and runs of blanks in it removed. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}
