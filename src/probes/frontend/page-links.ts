import { parseDocument } from 'htmlparser2';

/** What a page loads before or beside its content. */
export interface PageLink {
  readonly url: URL;
  readonly kind: 'script' | 'style';
  /** True when the browser draws nothing before it has arrived. */
  readonly blocking: boolean;
  /** True for scripts that today's browsers leave out (`nomodule`). */
  readonly legacy: boolean;
}

type Node = ReturnType<typeof parseDocument>['children'][number];

/** The scripts and style sheets that a page names, each once, in the order of the page. */
export function findPageLinks(html: string, pageUrl: URL): readonly PageLink[] {
  const links = new Map<string, PageLink>();
  for (const { element, inHead } of elementsOf(parseDocument(html).children, false)) {
    const link = toLink(element, inHead, pageUrl);
    if (link !== undefined && !links.has(link.url.href)) links.set(link.url.href, link);
  }
  return [...links.values()];
}

interface Element {
  readonly name: string;
  readonly attribs: Readonly<Record<string, string>>;
}

function* elementsOf(
  nodes: readonly Node[],
  inHead: boolean,
): Generator<{ readonly element: Element; readonly inHead: boolean }> {
  for (const node of nodes) {
    if (!('attribs' in node)) continue;
    yield { element: node, inHead };
    yield* elementsOf(node.children, inHead || node.name === 'head');
  }
}

function toLink({ name, attribs }: Element, inHead: boolean, pageUrl: URL): PageLink | undefined {
  if (name === 'script') {
    const url = toUrl(attribs.src, pageUrl);
    const legacy = 'nomodule' in attribs;
    const waits = 'async' in attribs || 'defer' in attribs || attribs.type === 'module';
    return url && { url, kind: 'script', blocking: inHead && !waits && !legacy, legacy };
  }
  const isStyle = name === 'link' && (attribs.rel ?? '').toLowerCase().split(/\s+/).includes('stylesheet');
  if (!isStyle) return undefined;
  const url = toUrl(attribs.href, pageUrl);
  const forScreen = !/^\s*print\s*$/i.test(attribs.media ?? '');
  return url && { url, kind: 'style', blocking: forScreen, legacy: false };
}

function toUrl(reference: string | undefined, pageUrl: URL): URL | undefined {
  if (reference === undefined || !URL.canParse(reference, pageUrl.href)) return undefined;
  const url = new URL(reference, pageUrl);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}
