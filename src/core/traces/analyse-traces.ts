import { criticalPath } from './critical-path.ts';
import { addToPeer, callOf, type Peer } from './peer.ts';
import { type RepeatedCall, repeatedCalls } from './repeated-calls.ts';
import type { Trace } from './span.ts';
import { addToGroup, type SpanGroup } from './span-group.ts';
import { type SpanNode, toTrees, walk } from './span-tree.ts';

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
