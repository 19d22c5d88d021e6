/** Words at blanks; what stands in quotes of any kind is one word. Slack's `&amp;`, `&lt;`, `&gt;` are undone. */
export function splitWords(text: string): readonly string[] {
  const plain = text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'");
  return [...plain.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
