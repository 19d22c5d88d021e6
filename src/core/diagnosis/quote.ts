/** A text as one word of a POSIX shell: as it is where every character is harmless, else in single quotes. */
export function shellWord(text: string): string {
  const word = onOneLine(text);
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A text as a string constant of SQL. */
export function sqlText(text: string): string {
  return `'${onOneLine(text).replaceAll("'", "''")}'`;
}

/** A text behind `--` or `#`: a line break would end the comment. */
export function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
