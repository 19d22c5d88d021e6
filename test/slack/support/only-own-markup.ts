import { expect } from 'vitest';
import { type MrkdwnNode, parseMrkdwn } from '../../../src/local-workspace/page/text/parse-mrkdwn.ts';

/** One word for each sign of Slack; a sign that formats is not shown. */
export const SIGNS = '*BOLD* _ITALIC_ ~STRIKE~ `CODE` ＊WIDE＊ :fire: x:fire:';

/** Expects that what people see has no format, emoji, quote or mention but those of our own. */
export function expectOnlyOwnMarkup(value: unknown): void {
  for (const { text, verbatim } of markupsIn(value)) {
    const nodes = parseMrkdwn(text, { verbatim });
    expect(
      kindsIn(nodes).filter((kind) => ['italic', 'emoji', 'quote', 'pre', 'broadcast'].includes(kind)),
    ).toEqual([]);
    const seen = shown(nodes);
    for (const [word] of seen.matchAll(/.?\b(?:BOLD|WIDE|ITALIC|STRIKE|CODE)\b/g)) {
      expect([
        '*BOLD',
        '＊WIDE',
        '_ITALIC',
        '~STRIKE',
        '`CODE',
        "'CODE",
        '∗BOLD',
        '∗WIDE',
        'ˍITALIC',
        '∼STRIKE',
        'ˋCODE',
      ]).toContain(word);
    }
  }
}

/** Text as people see it. */
export function shown(nodes: readonly MrkdwnNode[]): string {
  return nodes
    .map((node) => {
      if ('children' in node) return shown(node.children);
      if ('text' in node) return node.text;
      if (node.kind === 'date') return node.date.fallback;
      return node.kind === 'link' ? node.label : '';
    })
    .join('');
}

function kindsIn(nodes: readonly MrkdwnNode[]): readonly string[] {
  return nodes.flatMap((node) => [node.kind, ...('children' in node ? kindsIn(node.children) : [])]);
}

/** Every text in a message or view that Slack parses: mrkdwn objects, and the `text` of the message itself. */
function markupsIn(value: unknown): readonly { readonly text: string; readonly verbatim: boolean }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    'text' in value && typeof value.text === 'string'
      ? 'type' in value
        ? value.type === 'mrkdwn'
          ? [{ text: value.text, verbatim: true }]
          : []
        : 'blocks' in value
          ? [{ text: value.text, verbatim: false }]
          : []
      : [];
  return [...own, ...Object.values(value).flatMap(markupsIn)];
}
