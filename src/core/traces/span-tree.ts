import type { Span, Trace } from './span.ts';

/** A span with what it called, earliest first. */
export interface SpanNode {
  readonly span: Span;
  readonly parent: SpanNode | undefined;
  readonly children: readonly SpanNode[];
}

interface GrowingNode extends SpanNode {
  readonly span: Span;
  parent: SpanNode | undefined;
  readonly children: GrowingNode[];
}

/** The spans of a trace as trees: a span whose parent is not there (not sampled, not yet stored) is a root. */
export function toTrees({ spans }: Trace): readonly SpanNode[] {
  const nodes = new Map<string, GrowingNode>();
  for (const span of spans)
    if (!nodes.has(span.spanId)) nodes.set(span.spanId, { span, parent: undefined, children: [] });
  const roots: GrowingNode[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.span.parentId ?? '');
    if (parent === undefined || isBelow(parent, node)) {
      roots.push(node);
      continue;
    }
    node.parent = parent;
    parent.children.push(node);
  }
  for (const { children } of nodes.values()) children.sort((a, b) => a.span.startMs - b.span.startMs);
  return roots.sort((a, b) => a.span.startMs - b.span.startMs);
}

/** True when hanging `node` under `candidate` would close a circle. */
function isBelow(candidate: SpanNode, node: SpanNode): boolean {
  for (let at: SpanNode | undefined = candidate; at; at = at.parent) if (at === node) return true;
  return false;
}

/** Every node of the trees, parents first. */
export function walk(roots: readonly SpanNode[]): readonly SpanNode[] {
  const all = [...roots];
  for (const node of all) all.push(...node.children);
  return all;
}

/** Milliseconds of a span during which none of its children ran: the span minus the union of its children. */
export function selfTime({ span, children }: SpanNode): number {
  const end = span.startMs + span.durationMs;
  let covered = 0;
  let coveredUntil = span.startMs;
  for (const { span: child } of children) {
    const from = Math.max(child.startMs, coveredUntil);
    const until = Math.min(child.startMs + child.durationMs, end);
    if (until <= from) continue;
    covered += until - from;
    coveredUntil = until;
  }
  return Math.max(0, span.durationMs - covered);
}
