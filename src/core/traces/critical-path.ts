import type { SpanNode } from './span-tree.ts';

/**
 * For each span, the milliseconds that the root would not have taken without it: walked back from the end, the time always
 * belongs to the child that finished last, else to the span itself. The parts add up to the duration of the root.
 * (Method: CRISP, USENIX ATC 2022.)
 */
export function criticalPath(root: SpanNode): ReadonlyMap<SpanNode, number> {
  const owned = new Map<SpanNode, number>();
  const open: { node: SpanNode; from: number; until: number }[] = [
    { node: root, from: root.span.startMs, until: root.span.startMs + root.span.durationMs },
  ];
  for (let work = open.pop(); work; work = open.pop()) {
    const { node, from } = work;
    let cursor = work.until;
    let own = 0;
    const latestFirst = node.children.toSorted((a, b) => endOf(b) - endOf(a));
    for (const child of latestFirst) {
      const start = Math.max(child.span.startMs, from);
      const end = Math.min(endOf(child), cursor);
      if (end <= start) continue;
      own += cursor - end;
      open.push({ node: child, from: start, until: end });
      cursor = start;
    }
    owned.set(node, own + Math.max(0, cursor - from));
  }
  return owned;
}

function endOf({ span }: SpanNode): number {
  return span.startMs + span.durationMs;
}
