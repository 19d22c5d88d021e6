import type { BarTable } from './bar-table.ts';

/** How requests go, and what they wait for. */
export const REQUEST_BAR_TABLES: readonly BarTable[] = [
  {
    probe: 'http.timing',
    table: 'routes',
    value: 'p95_ms',
    unit: 'ms',
    labels: ['route'],
    title: 'Response time (p95) by route',
  },
  {
    probe: 'nginx.access',
    table: 'routes',
    value: 'p95_ms',
    unit: 'ms',
    labels: ['route'],
    title: 'Response time at nginx (p95) by route',
    proves: /response_time|slow/,
  },
  {
    probe: 'nginx.access',
    table: 'upstreams',
    value: 'unconnected',
    unit: 'count',
    labels: ['address'],
    title: 'Failed connections by upstream address',
    proves: /stale_upstream/,
  },
  {
    probe: 'nginx.access',
    table: 'upstreams',
    value: 'timed_out',
    unit: 'count',
    labels: ['address'],
    title: 'Timeouts by upstream address',
    proves: /proxy\.timeout|timed_out/,
  },
  {
    probe: 'jaeger.traces',
    table: 'peers',
    value: 'share',
    unit: 'ratio',
    labels: ['peer'],
    title: 'Time of sampled traces by what is waited for',
    proves: /downstream|peers/,
  },
  {
    probe: 'jaeger.traces',
    table: 'span_time',
    value: 'share',
    unit: 'ratio',
    labels: ['service', 'operation'],
    title: 'Time of sampled traces by operation',
    proves: /n_plus_one|repeated|span_time/,
  },
];
