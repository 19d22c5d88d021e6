import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';
import { LEAST_SAMPLES_FOR_P95, p95, percentile } from '../http/percentile.ts';
import {
  type AccessEntry,
  type HeldRequest,
  isUnconnected,
  type UpstreamError,
  upstreamMsOf,
} from './access-entry.ts';
import type { AddressOwner } from './address-owners.ts';
import { routeTable } from './route-table.ts';
import { upstreamTable } from './upstream-table.ts';

/** A client that is waited for this long, and for most of the request, is slow. */
const SLOW_CLIENT_MS = 500;
const SLOW_CLIENT_SHARE = 0.5;

/** One line for http { } that gives every time; without the query, which may hold tokens. */
export const LOG_FORMAT = [
  `log_format timed escape=json '{"request":"$request_method $uri","status":"$status","bytes":"$body_bytes_sent",`,
  `"request_time":"$request_time","upstream_addr":"$upstream_addr","upstream_connect_time":"$upstream_connect_time",`,
  `"upstream_header_time":"$upstream_header_time","upstream_response_time":"$upstream_response_time"}';`,
  ` access_log /dev/stdout timed;`,
].join('');

export interface AccessWindow {
  readonly entries: readonly AccessEntry[];
  readonly errors: readonly UpstreamError[];
  /** Requests that limits of nginx itself held back or turned away. */
  readonly held: readonly HeldRequest[];
  /** How often nginx said that its connections were used up. */
  readonly usedUp: number;
  readonly windowMs: number;
  readonly gaps: readonly Gap[];
  /** Name of the container. */
  readonly container: string;
  /** The only service whose requests are counted; absent: all are. */
  readonly service?: string;
}

/** What the log of a window says, as numbers. */
export function toAccessObservation(
  window: AccessWindow,
  ownerOf: (address: string) => AddressOwner,
): Observation {
  const { entries, usedUp, held, windowMs } = window;
  const upstreams = upstreamTable(window, ownerOf);
  return {
    metrics: [
      { name: 'requests', value: entries.length, unit: 'count' },
      { name: 'requests_per_second', value: (entries.length * 1000) / windowMs, unit: 'per_second' },
      { name: 'connections_used_up', value: usedUp, unit: 'count' },
      { name: 'requests_delayed', value: countOf(held, 'delayed'), unit: 'count' },
      { name: 'requests_refused', value: countOf(held, 'refused'), unit: 'count' },
      ...statusMetrics(entries),
      ...timeMetrics(entries),
    ],
    tables: [
      ...(entries.length > 0 ? [routeTable(entries), statusTable(entries)] : []),
      ...(upstreams ? [upstreams] : []),
    ],
    facts: {
      container: window.container,
      format: entries[0]?.format ?? 'unknown',
      ...(window.service !== undefined && { in_front: 'yes', upstream_service: window.service }),
    },
    gaps: [...window.gaps, ...formatGaps(entries)],
    windowMs,
  };
}

function countOf(held: readonly HeldRequest[], wanted: HeldRequest['kind']): number {
  return held.filter(({ kind }) => kind === wanted).length;
}

function statusMetrics(entries: readonly AccessEntry[]): readonly Metric[] {
  if (entries.length === 0) return [];
  const count = (matches: (entry: AccessEntry) => boolean) => entries.filter(matches).length;
  const share = (matches: (entry: AccessEntry) => boolean) => count(matches) / entries.length;
  return [
    { name: 'error_rate', value: share(({ status }) => status >= 500), unit: 'ratio' },
    { name: 'client_error_rate', value: share(({ status }) => status >= 400 && status < 500), unit: 'ratio' },
    { name: 'errors_502', value: count(({ status }) => status === 502), unit: 'count' },
    { name: 'errors_504', value: count(({ status }) => status === 504), unit: 'count' },
    {
      name: 'errors_unconnected',
      value: count((entry) => entry.status >= 500 && isUnconnected(entry)),
      unit: 'count',
    },
  ];
}

function timeMetrics(entries: readonly AccessEntry[]): readonly Metric[] {
  const requests = entries.flatMap(({ requestMs }) => requestMs ?? []);
  const upstream = entries.flatMap((entry) => upstreamMsOf(entry) ?? []);
  const connects = entries.flatMap(({ upstreams }) => upstreams.flatMap(({ connectMs }) => connectMs ?? []));
  const clients = entries.flatMap((entry) => clientTime(entry) ?? []);
  const slow = clients.filter(({ ms, of }) => ms >= SLOW_CLIENT_MS && ms >= SLOW_CLIENT_SHARE * of);
  const clientMs = clients.map(({ ms }) => ms);
  return [
    ...metric('response_time_p50_ms', percentile(requests, 0.5), 'ms'),
    ...metric('response_time_p95_ms', p95(requests), 'ms'),
    ...metric('response_time_max_ms', percentile(requests, 1), 'ms'),
    ...metric('upstream_time_p50_ms', percentile(upstream, 0.5), 'ms'),
    ...metric('upstream_time_p95_ms', p95(upstream), 'ms'),
    ...metric('upstream_connect_p95_ms', p95(connects), 'ms'),
    ...metric('client_time_p95_ms', p95(clientMs), 'ms'),
    ...metric('slow_client_ratio', clients.length > 0 ? slow.length / clients.length : undefined, 'ratio'),
    ...metric(
      'slow_client_bytes_p50',
      percentile(
        slow.flatMap(({ bytes }) => bytes ?? []),
        0.5,
      ),
      'bytes',
    ),
  ];
}

/** What is left of a request without its upstream: the way from and to the client. */
function clientTime(entry: AccessEntry) {
  const upstream = upstreamMsOf(entry);
  const { requestMs, bytes } = entry;
  if (upstream === undefined || requestMs === undefined) return undefined;
  return { ms: Math.max(0, requestMs - upstream), of: requestMs, bytes };
}

function statusTable(entries: readonly AccessEntry[]): Table {
  const counts = new Map<number, number>();
  for (const { status } of entries) counts.set(status, (counts.get(status) ?? 0) + 1);
  return {
    name: 'statuses',
    title: 'Answers by status',
    columns: [
      { name: 'status', title: 'Status' },
      { name: 'requests', title: 'Requests', unit: 'count' },
      { name: 'share', title: 'Share', unit: 'ratio' },
    ],
    rows: [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([status, count]) => [String(status), count, count / entries.length]),
  };
}

function formatGaps(entries: readonly AccessEntry[]): readonly Gap[] {
  if (entries.length === 0) return [];
  if (entries.every(({ requestMs }) => requestMs === undefined)) {
    return [
      {
        what: 'times of requests and of upstream servers',
        reason: 'the access log has the combined format, which writes none',
        mend: `add to http { } in nginx.conf, then nginx -t && nginx -s reload: ${LOG_FORMAT}`,
      },
    ];
  }
  if (entries.filter(({ requestMs }) => requestMs !== undefined).length >= LEAST_SAMPLES_FOR_P95) return [];
  return [
    {
      what: 'response_time_p95_ms',
      reason: `p95 not estimable from ${entries.length} requests in the window; the maximum stands instead`,
    },
  ];
}

function metric(name: string, value: number | undefined, unit: Unit): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}
