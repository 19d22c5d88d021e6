/** What was typed: Slack's `&amp;`, `&lt;`, `&gt;` are undone, and quotes are straight. */
export function plainText(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'");
}

/** Words at blanks; what stands in quotes of any kind is one word. */
export function splitWords(text: string): readonly string[] {
  return [...plainText(text).matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
