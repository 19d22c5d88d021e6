import { isEmoji } from './emoji.ts';
import { type ParsedReference, parseReference } from './parse-reference.ts';

/** A piece of Slack's mrkdwn. */
export type MrkdwnNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly children: readonly MrkdwnNode[] }
  | { readonly kind: 'code' | 'pre'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string }
  | ParsedReference;

export interface MrkdwnOptions {
  /** True: addresses that stand bare in the text are not made links. */
  readonly verbatim?: boolean | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
/** With the wide forms that Slack takes from East Asian keyboards. */
const STYLES = { bold: '*＊', italic: '_＿', strike: '~' } as const;

const INLINE = new RegExp(
  [
    '```\\n?(?<pre>[\\s\\S]+?)\\n?```',
    '[`｀](?<code>[^`｀\\n]+)[`｀]',
    '<(?<reference>[^<>\\n]+)>',
    ":(?<emoji>[a-z0-9_+'-]{1,60}):",
    '(?<bare>\\bhttps?://[^\\s<>|`"]*[^\\s<>|`".,;:!?)\\]])',
    ...Object.entries(STYLES).map(
      // A reference is one piece, whatever signs are in it.
      ([style, marks]) =>
        `(?<![\\p{L}\\p{N}${marks}])[${marks}](?=\\S)(?<${style}>(?:<[^<>\\n]*>|[^${marks}<\\n]|<(?![^<>\\n]*>))+)(?<=\\S)[${marks}](?![\\p{L}\\p{N}${marks}])`,
    ),
  ].join('|'),
  'gu',
);

/** Undoes Slack's escaping of `&`, `<` and `>`. */
function unescapeText(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

function parseInline(text: string, options: MrkdwnOptions): readonly MrkdwnNode[] {
  const nodes: MrkdwnNode[] = [];
  const addText = (part: string) => {
    if (part !== '') nodes.push({ kind: 'text', text: unescapeText(part) });
  };
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = toNode(match.groups ?? {}, options);
    if (node === undefined) continue;
    addText(text.slice(end, match.index));
    nodes.push(node);
    end = match.index + match[0].length;
  }
  addText(text.slice(end));
  return nodes;
}

function toNode(
  found: Readonly<Record<string, string | undefined>>,
  options: MrkdwnOptions,
): MrkdwnNode | undefined {
  if (found.pre !== undefined) return { kind: 'pre', text: unescapeText(found.pre) };
  if (found.code !== undefined) return { kind: 'code', text: unescapeText(found.code) };
  if (found.reference !== undefined) return parseReference(unescapeText(found.reference));
  if (found.emoji !== undefined)
    return isEmoji(found.emoji) ? { kind: 'emoji', name: found.emoji } : undefined;
  if (found.bare !== undefined) {
    if (options.verbatim === true) return undefined;
    const href = unescapeText(found.bare);
    return { kind: 'link', href, label: href };
  }
  for (const kind of ['bold', 'italic', 'strike'] as const) {
    const inner = found[kind];
    if (inner !== undefined) return { kind, children: parseInline(inner, options) };
  }
  return undefined;
}

const QUOTED_LINES = /(?:^(?:&gt;|[>＞])(?!&gt;|[>＞]) ?.*(?:\n|$))+/gm;

/** Parses Slack's mrkdwn into pieces; the text in them is plain. Never throws. */
export function parseMrkdwn(text: string, options: MrkdwnOptions = {}): readonly MrkdwnNode[] {
  if (text.includes('```')) return parseInline(text, options);
  const nodes: MrkdwnNode[] = [];
  let end = 0;
  for (const match of text.matchAll(QUOTED_LINES)) {
    nodes.push(...parseInline(text.slice(end, match.index), options));
    const inner = match[0].replace(/^(?:&gt;|[>＞]) ?/gm, '').replace(/\n$/, '');
    nodes.push({ kind: 'quote', children: parseInline(inner, options) });
    end = match.index + match[0].length;
  }
  return [...nodes, ...parseInline(text.slice(end), options)];
}
