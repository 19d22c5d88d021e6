import type { SpanNode } from './span-tree.ts';

/** Whom a service calls. */
export interface Peer {
  readonly name: string;
  readonly isDatabase: boolean;
  calls: number;
  criticalMs: number;
  errors: number;
}

/** The call of `service` that a span happens in: its nearest client span above, or itself; undefined: it happens inside. */
export function callOf(node: SpanNode, service: string): SpanNode | undefined {
  for (let at: SpanNode | undefined = node; at; at = at.parent) {
    if (at.span.service !== service) continue;
    return at.span.kind === 'client' || at.span.isDatabase ? at : undefined;
  }
  return undefined;
}

/** Who answers says best who it is; else what the caller's attributes say. */
function peerOf({ span, children }: SpanNode): string {
  const answering = children.find((child) => child.span.service !== span.service);
  return answering?.span.service ?? span.peer ?? span.operation;
}

/** Counts what passes in a call to whoever answers it. */
export function addToPeer(
  peers: Map<string, Peer>,
  call: SpanNode,
  seen: { readonly critical: number; readonly isCall: boolean },
): void {
  const name = peerOf(call);
  const peer = peers.get(name) ?? {
    name,
    isDatabase: call.span.isDatabase,
    calls: 0,
    criticalMs: 0,
    errors: 0,
  };
  peers.set(name, peer);
  peer.criticalMs += seen.critical;
  if (!seen.isCall) return;
  peer.calls += 1;
  if (call.span.isError) peer.errors += 1;
}
