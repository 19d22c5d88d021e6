import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { analyseTraces, type TraceAnalysis } from '../../core/traces/analyse-traces.ts';
import type { Trace } from '../../core/traces/span.ts';

const MOST_ROWS = 20;

/** What the traces of a service say, as numbers and tables. */
export function toTraceObservation(traces: readonly Trace[], service: string): Observation {
  const analysis = analyseTraces(traces, service);
  const sampling = traces.flatMap(({ spans }) => spans.flatMap((span) => span.sampling ?? []))[0];
  return {
    metrics: toMetrics(analysis),
    tables: [
      slowestTable(analysis),
      timeTable(analysis),
      ...(analysis.peers.length > 0 ? [peerTable(analysis)] : []),
      ...(analysis.repeats.length > 0 ? [repeatTable(analysis)] : []),
    ],
    facts: {
      traced_as: service,
      sampling: sampling ?? 'only sampled requests are traced; at which rate is not known',
    },
  };
}

function toMetrics({ requests, peers, repeats, totalMs, ownMs }: TraceAnalysis): readonly Metric[] {
  const counted: Metric = { name: 'traced_requests', value: requests.length, unit: 'count' };
  if (totalMs === 0) return [counted];
  const share = (isDatabase: boolean) =>
    peers.reduce((sum, peer) => sum + (peer.isDatabase === isDatabase ? peer.criticalMs : 0), 0) / totalMs;
  const failed = requests.filter(({ errors }) => errors > 0).length;
  return [
    counted,
    { name: 'slowest_trace_ms', value: requests[0]?.durationMs ?? 0, unit: 'ms' },
    { name: 'own_time_ratio', value: ownMs / totalMs, unit: 'ratio' },
    { name: 'database_time_ratio', value: share(true), unit: 'ratio' },
    { name: 'downstream_time_ratio', value: share(false), unit: 'ratio' },
    { name: 'error_trace_ratio', value: failed / requests.length, unit: 'ratio' },
    { name: 'repeated_calls', value: repeats[0]?.count ?? 0, unit: 'count' },
  ];
}

function slowestTable({ requests }: TraceAnalysis): Table {
  return {
    name: 'slowest_traces',
    title: 'Slowest traces (of those sampled)',
    columns: [
      { name: 'trace_id', title: 'Trace' },
      { name: 'operation', title: 'Request' },
      { name: 'duration_ms', title: 'Took', unit: 'ms' },
      { name: 'longest', title: 'Longest part', format: 'sql' },
      { name: 'longest_share', title: 'Its share', unit: 'ratio' },
      { name: 'spans', title: 'Spans', unit: 'count' },
      { name: 'errors', title: 'Errors', unit: 'count' },
      { name: 'at', title: 'At', unit: 'timestamp' },
    ],
    ...topRows(requests, MOST_ROWS, (request) => [
      request.traceId,
      request.operation,
      request.durationMs,
      request.longest,
      request.longestShare,
      request.spans,
      request.errors,
      Math.round(request.startMs),
    ]),
  };
}

function timeTable({ groups, requests, totalMs }: TraceAnalysis): Table {
  return {
    name: 'span_time',
    title: 'Where the time of sampled traces goes',
    columns: [
      { name: 'service', title: 'Service' },
      { name: 'operation', title: 'Operation' },
      { name: 'statement', title: 'Statement', format: 'sql' },
      { name: 'share', title: 'Share of the time', unit: 'ratio' },
      { name: 'self_ms', title: 'Own time', unit: 'ms' },
      { name: 'per_request', title: 'Per request', unit: 'count' },
      { name: 'requests', title: 'In requests', unit: 'count' },
      { name: 'errors', title: 'Errors', unit: 'count' },
    ],
    ...topRows(groups, MOST_ROWS, (group) => [
      group.service,
      group.operation,
      group.statement ?? null,
      totalMs === 0 ? null : group.criticalMs / totalMs,
      group.selfMs / Math.max(1, requests.length),
      group.spans / Math.max(1, group.requests.size),
      group.requests.size,
      group.errors,
    ]),
  };
}

function peerTable({ peers, requests, totalMs }: TraceAnalysis): Table {
  return {
    name: 'peers',
    title: 'What the service waits for (sampled traces)',
    columns: [
      { name: 'peer', title: 'Peer' },
      { name: 'kind', title: 'Kind' },
      { name: 'share', title: 'Share of the time', unit: 'ratio' },
      { name: 'ms_per_request', title: 'Per request', unit: 'ms' },
      { name: 'calls_per_request', title: 'Calls per request', unit: 'count' },
      { name: 'errors', title: 'Errors', unit: 'count' },
    ],
    ...topRows(peers, MOST_ROWS, ({ name, isDatabase, calls, criticalMs, errors }) => [
      name,
      isDatabase ? 'database' : 'service',
      totalMs === 0 ? null : criticalMs / totalMs,
      criticalMs / Math.max(1, requests.length),
      calls / Math.max(1, requests.length),
      errors,
    ]),
  };
}

function repeatTable({ repeats }: TraceAnalysis): Table {
  return {
    name: 'repeats',
    title: 'Calls that one request makes again and again',
    columns: [
      { name: 'service', title: 'Service' },
      { name: 'parent', title: 'In' },
      { name: 'operation', title: 'Operation' },
      { name: 'statement', title: 'Statement', format: 'sql' },
      { name: 'count', title: 'Times (most)', unit: 'count' },
      { name: 'requests', title: 'In requests', unit: 'count' },
      { name: 'share', title: 'Share of their time', unit: 'ratio' },
    ],
    ...topRows(repeats, MOST_ROWS, ({ service, parent, operation, statement, count, requests, share }) => [
      service,
      parent,
      operation,
      statement ?? null,
      count,
      requests,
      share,
    ]),
  };
}
