import { criticalPath } from './critical-path.ts';
import { type RepeatedCall, repeatedCalls } from './repeated-calls.ts';
import type { Span, Trace } from './span.ts';
import { type SpanNode, selfTime, toTrees, walk } from './span-tree.ts';

/** Where the time of a service goes, out of the traces of some of its requests. */
export interface TraceAnalysis {
  /** Requests to the service that were looked at, slowest first. */
  readonly requests: readonly TracedRequest[];
  /** Spans grouped by service, operation and statement; most time first. */
  readonly groups: readonly SpanGroup[];
  /** Whom the service waits for; most time first. */
  readonly peers: readonly Peer[];
  /** Loops over calls, most calls first. */
  readonly repeats: readonly Repeat[];
  /** Milliseconds of all requests together, and which of them pass in the service itself. */
  readonly totalMs: number;
  readonly ownMs: number;
}

/** One request to the service. */
export interface TracedRequest {
  readonly traceId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly operation: string;
  readonly spans: number;
  readonly errors: number;
  /** The span that owns most of the time, and how much of it. */
  readonly longest: string;
  readonly longestShare: number;
}

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

export interface Peer {
  readonly name: string;
  readonly isDatabase: boolean;
  calls: number;
  criticalMs: number;
  errors: number;
}

export interface Repeat extends RepeatedCall {
  /** In how many of the requests. */
  readonly requests: number;
  /** Of the time of those requests, 0..1. */
  readonly share: number;
}

/** Looks at every request to `service` in the traces: spans of it that no other span of it called. Pure. */
export function analyseTraces(traces: readonly Trace[], service: string): TraceAnalysis {
  const entries = traces.flatMap((trace) =>
    walk(toTrees(trace)).filter((node) => node.span.service === service && !hasAncestorOf(node, service)),
  );
  const groups = new Map<string, SpanGroup>();
  const peers = new Map<string, Peer>();
  const repeats = new Map<string, { call: RepeatedCall; requests: number; totalMs: number; ofMs: number }>();
  let ownMs = 0;
  const requests = entries.map((entry, index) => {
    const owned = criticalPath(entry);
    const nodes = walk([entry]);
    for (const node of nodes) {
      const critical = owned.get(node) ?? 0;
      addToGroup(groups, node, { critical, request: index });
      for (const call of repeatedCalls(node)) addRepeat(repeats, call, entry.span.durationMs);
      const caller = callOf(node, service);
      if (caller === undefined) ownMs += critical;
      else addToPeer(peers, caller, { critical, isCall: caller === node });
    }
    return toRequest(entry, nodes, owned);
  });
  return {
    requests: requests.toSorted((a, b) => b.durationMs - a.durationMs),
    groups: [...groups.values()].sort((a, b) => b.criticalMs - a.criticalMs),
    peers: [...peers.values()].sort((a, b) => b.criticalMs - a.criticalMs),
    repeats: [...repeats.values()]
      .map(({ call, requests: count, totalMs, ofMs }) => ({
        ...call,
        requests: count,
        share: Math.min(1, totalMs / Math.max(1e-9, ofMs)),
      }))
      .sort((a, b) => b.count - a.count),
    totalMs: entries.reduce((sum, { span }) => sum + span.durationMs, 0),
    ownMs,
  };
}

function hasAncestorOf({ parent }: SpanNode, service: string): boolean {
  for (let at = parent; at; at = at.parent) if (at.span.service === service) return true;
  return false;
}

/** The call of `service` that a span happens in: its nearest client span above, or itself; undefined: it happens inside. */
function callOf(node: SpanNode, service: string): SpanNode | undefined {
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

function addToPeer(
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

function addToGroup(
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

function addRepeat(
  repeats: Map<string, { call: RepeatedCall; requests: number; totalMs: number; ofMs: number }>,
  call: RepeatedCall,
  requestMs: number,
): void {
  const key = JSON.stringify([call.service, call.parent, call.statement ?? call.operation]);
  const known = repeats.get(key) ?? { call, requests: 0, totalMs: 0, ofMs: 0 };
  repeats.set(key, {
    call: call.count > known.call.count ? call : known.call,
    requests: known.requests + 1,
    totalMs: known.totalMs + call.totalMs,
    ofMs: known.ofMs + requestMs,
  });
}

function toRequest(
  { span }: SpanNode,
  nodes: readonly SpanNode[],
  owned: ReadonlyMap<SpanNode, number>,
): TracedRequest {
  const [longest] = nodes.toSorted((a, b) => (owned.get(b) ?? 0) - (owned.get(a) ?? 0));
  const share = longest === undefined ? 0 : (owned.get(longest) ?? 0) / Math.max(1e-9, span.durationMs);
  return {
    traceId: span.traceId,
    startMs: span.startMs,
    durationMs: span.durationMs,
    operation: span.operation,
    spans: nodes.length,
    errors: nodes.filter((node) => node.span.isError).length,
    longest:
      longest === undefined
        ? ''
        : `${longest.span.service}: ${longest.span.statement ?? longest.span.operation}`,
    longestShare: Math.min(1, share),
  };
}
