import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { p95, percentile } from '../http/percentile.ts';
import type { AccessEntry, UpstreamError } from './access-entry.ts';
import type { AddressOwner } from './address-owners.ts';

const MOST_ROWS = 20;

/** What is known of one upstream address, before it becomes a row. */
interface Upstream {
  readonly address: string;
  requests: number;
  readonly responseMs: number[];
  readonly connectMs: number[];
  errors502: number;
  errors504: number;
  unconnected: number;
  /** How long the servers had taken when nginx gave up waiting for an answer. */
  readonly waitedMs: number[];
  timedOut: number;
  closed: number;
  reason: string | null;
}

/** Upstream addresses of a window, worst first: from the access log, with reasons from the error log where it says them. */
export function upstreamTable(
  seen: { readonly entries: readonly AccessEntry[]; readonly errors: readonly UpstreamError[] },
  ownerOf: (address: string) => AddressOwner,
): Table | undefined {
  const upstreams = new Map<string, Upstream>();
  const at = (address: string): Upstream => {
    const known = upstreams.get(address) ?? newUpstream(address);
    upstreams.set(address, known);
    return known;
  };
  for (const entry of seen.entries) addEntry(entry, at);
  const inLog = upstreams.size > 0;
  for (const error of seen.errors) addError(error, at(error.address), inLog);
  if (upstreams.size === 0) return undefined;
  const rows = [...upstreams.values()].sort((a, b) => weight(b) - weight(a));
  return {
    name: 'upstreams',
    title: 'Upstream servers',
    columns: [
      { name: 'address', title: 'Address' },
      { name: 'requests', title: 'Requests', unit: 'count' },
      { name: 'p50_ms', title: 'p50', unit: 'ms' },
      { name: 'p95_ms', title: 'p95', unit: 'ms' },
      { name: 'connect_p95_ms', title: 'Connect p95', unit: 'ms' },
      { name: 'errors_502', title: '502', unit: 'count' },
      { name: 'errors_504', title: '504', unit: 'count' },
      { name: 'unconnected', title: 'Not connected', unit: 'count' },
      { name: 'timed_out', title: 'Timed out', unit: 'count' },
      { name: 'timeout_min_ms', title: 'Waited, least', unit: 'ms' },
      { name: 'timeout_max_ms', title: 'Waited, most', unit: 'ms' },
      { name: 'closed', title: 'Closed early', unit: 'count' },
      { name: 'reason', title: 'Last error' },
      { name: 'address_is', title: 'Address is' },
      { name: 'container', title: 'Container' },
    ],
    ...topRows(rows, MOST_ROWS, (upstream) => toRow(upstream, inLog, ownerOf(upstream.address))),
  };
}

function newUpstream(address: string): Upstream {
  const counts = { requests: 0, errors502: 0, errors504: 0, unconnected: 0, timedOut: 0, closed: 0 };
  return { address, ...counts, responseMs: [], connectMs: [], waitedMs: [], reason: null };
}

/** A status is that of the last server that was asked; one that was tried before it failed to connect, or in time. */
function addEntry({ status, upstreams }: AccessEntry, at: (address: string) => Upstream): void {
  for (const [index, { address, connectMs, headerMs, responseMs }] of upstreams.entries()) {
    const upstream = at(address);
    upstream.requests += 1;
    if (connectMs === undefined) upstream.unconnected += 1;
    else upstream.connectMs.push(connectMs);
    if (responseMs !== undefined && connectMs !== undefined) upstream.responseMs.push(responseMs);
    if (index < upstreams.length - 1) continue;
    if (status === 502) upstream.errors502 += 1;
    if (status !== 504) continue;
    upstream.errors504 += 1;
    if (connectMs === undefined || headerMs !== undefined || responseMs === undefined) continue;
    upstream.timedOut += 1;
    upstream.waitedMs.push(responseMs);
  }
}

/** Where the access log names servers it has counted already; the error log then only adds the reason. */
function addError({ kind, reason }: UpstreamError, upstream: Upstream, isCounted: boolean): void {
  upstream.reason = reason;
  if (isCounted) return;
  if (kind === 'unconnected') upstream.unconnected += 1;
  else if (kind === 'timed_out') upstream.timedOut += 1;
  else upstream.closed += 1;
}

function weight({ unconnected, timedOut, errors502, errors504, requests, closed }: Upstream): number {
  return (unconnected + timedOut + errors502 + errors504 + closed) * 1e6 + requests;
}

function toRow(upstream: Upstream, inLog: boolean, owner: AddressOwner): Table['rows'][number] {
  const { responseMs, connectMs, waitedMs } = upstream;
  return [
    upstream.address,
    inLog ? upstream.requests : null,
    percentile(responseMs, 0.5) ?? null,
    p95(responseMs) ?? null,
    p95(connectMs) ?? null,
    inLog ? upstream.errors502 : null,
    inLog ? upstream.errors504 : null,
    upstream.unconnected,
    upstream.timedOut,
    percentile(waitedMs, 0) ?? null,
    percentile(waitedMs, 1) ?? null,
    inLog ? null : upstream.closed,
    upstream.reason,
    owner.kind,
    owner.container ?? null,
  ];
}
