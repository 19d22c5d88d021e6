/** A longer word tells nobody more. */
const LONGEST = 60;

/** A word in a sentence of ours as something to type: in back quotes, which the word itself cannot close. */
export function asTyped(word: string, longest: number = LONGEST): string {
  const shown = [...withoutMarks(word).replace(/\s+/g, ' ').trim()];
  return `\`${shown.length > longest ? `${shown.slice(0, longest).join('')}…` : shown.join('')}\``;
}

/** Text of others in such a sentence: nothing in it is to be typed. */
export function withoutMarks(text: string): string {
  return text.replaceAll('`', "'");
}
