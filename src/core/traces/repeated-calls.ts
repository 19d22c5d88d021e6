import type { SpanNode } from './span-tree.ts';

/** So many calls of one kind under one parent are a loop over rows, not a page that needs a few of them. */
const MANY_SIBLINGS = 10;

/** Many siblings that do the same: a statement or call for each row of another's result. */
export interface RepeatedCall {
  readonly service: string;
  /** Who makes the calls. */
  readonly parent: string;
  readonly operation: string;
  readonly statement: string | undefined;
  readonly count: number;
  /** All of them together, milliseconds; calls that overlap count twice. */
  readonly totalMs: number;
}

/** The repeated calls among the children of one span. */
export function repeatedCalls({ span, children }: SpanNode): readonly RepeatedCall[] {
  const groups = new Map<string, SpanNode[]>();
  for (const child of children) {
    // Only calls that leave the process are trips.
    if (child.span.kind !== 'client' && !child.span.isDatabase) continue;
    const key = JSON.stringify([child.span.service, child.span.statement ?? child.span.operation]);
    groups.set(key, [...(groups.get(key) ?? []), child]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < MANY_SIBLINGS) return [];
    return [
      {
        service: first.span.service,
        parent: span.operation,
        operation: first.span.operation,
        statement: first.span.statement,
        count: group.length,
        totalMs: group.reduce((sum, node) => sum + node.span.durationMs, 0),
      },
    ];
  });
}
