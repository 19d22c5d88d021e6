import type { Span } from './span.ts';
import { type SpanNode, selfTime } from './span-tree.ts';

/** Spans of one service that do the same. */
export interface SpanGroup {
  readonly service: string;
  readonly operation: string;
  readonly statement: string | undefined;
  readonly kind: Span['kind'];
  spans: number;
  readonly requests: Set<number>;
  selfMs: number;
  /** Of the critical path. */
  criticalMs: number;
  errors: number;
}

/** Counts a span with those that do the same: the same statement, else the same operation. */
export function addToGroup(
  groups: Map<string, SpanGroup>,
  node: SpanNode,
  { critical, request }: { readonly critical: number; readonly request: number },
): void {
  const { service, operation, statement, kind, isError } = node.span;
  const key = JSON.stringify([service, statement ?? operation]);
  const group = groups.get(key) ?? {
    service,
    operation,
    statement,
    kind,
    spans: 0,
    requests: new Set<number>(),
    selfMs: 0,
    criticalMs: 0,
    errors: 0,
  };
  groups.set(key, group);
  group.spans += 1;
  group.requests.add(request);
  group.selfMs += selfTime(node);
  group.criticalMs += critical;
  if (isError) group.errors += 1;
}
