import type { Unit } from '../unit.ts';

/** A table of a probe that makes a good picture: which column is drawn, and what names a bar. */
export interface BarTable {
  readonly probe: string;
  readonly table: string;
  readonly value: string;
  readonly unit: Unit;
  /** Columns that name a bar, joined. */
  readonly labels: readonly string[];
  /** What is shown; the service is added: `CPU by process`. */
  readonly title: string;
  /** Metric of the same service that limits the values, with the word for it. */
  readonly limit?: { readonly probe: string; readonly metric: string; readonly word: string };
  /** Only for causes or metrics that match; a probe with several tables says which one proves what. */
  readonly proves?: RegExp;
}

/** The pictures that tables of evidence can give; the first that proves something wins. */
export const BAR_TABLES: readonly BarTable[] = [
  {
    probe: 'docker.top',
    table: 'processes',
    value: 'cpu_cores',
    unit: 'cores',
    labels: ['command'],
    title: 'CPU by process',
    limit: { probe: 'docker.stats', metric: 'cpu_limit_cores', word: 'limit' },
    proves: /cpu|hot|block|crypto|throttl|gc|flood|regex/,
  },
  {
    probe: 'docker.top',
    table: 'processes',
    value: 'memory_bytes',
    unit: 'bytes',
    labels: ['command'],
    title: 'Memory by process',
    limit: { probe: 'docker.stats', metric: 'memory_limit_bytes', word: 'limit' },
    proves: /memory|oom|leak/,
  },
  {
    probe: 'host.load',
    table: 'processes',
    value: 'cpu_cores',
    unit: 'cores',
    labels: ['container', 'command'],
    title: 'CPU by process',
    limit: { probe: 'host.load', metric: 'cpus', word: 'all' },
  },
  {
    probe: 'host.memory',
    table: 'processes',
    value: 'memory_bytes',
    unit: 'bytes',
    labels: ['container', 'command'],
    title: 'Memory by process',
    limit: { probe: 'host.memory', metric: 'memory_total_bytes', word: 'all' },
  },
  {
    probe: 'host.disk',
    table: 'devices',
    value: 'util_ratio',
    unit: 'ratio',
    labels: ['device'],
    title: 'Busy time by disk',
    proves: /disk_io|util|await|pressure/,
  },
  {
    probe: 'host.disk',
    table: 'mounts',
    value: 'used_ratio',
    unit: 'ratio',
    labels: ['mount'],
    title: 'Space used by file system',
    proves: /full|used|inode/,
  },
  {
    probe: 'docker.logs',
    table: 'patterns',
    value: 'count',
    unit: 'count',
    labels: ['pattern'],
    title: 'Log lines by pattern',
  },
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
  {
    probe: 'postgres.statements',
    table: 'statements',
    value: 'share',
    unit: 'ratio',
    labels: ['query'],
    title: 'Statements by share of time',
  },
  {
    probe: 'postgres.locks',
    table: 'blocking',
    value: 'wait_ms',
    unit: 'ms',
    labels: ['blocked_pid', 'blocked_query'],
    title: 'Time that sessions wait for a lock',
  },
  {
    probe: 'postgres.activity',
    table: 'connections_by',
    value: 'count',
    unit: 'count',
    labels: ['state', 'application', 'user'],
    title: 'Connections by state',
    limit: { probe: 'postgres.activity', metric: 'connections_limit', word: 'limit' },
    proves: /connection|pool|idle/,
  },
  {
    probe: 'postgres.activity',
    table: 'sessions',
    value: 'transaction_age_ms',
    unit: 'ms',
    labels: ['pid', 'state', 'query'],
    title: 'Age of open transactions',
    proves: /transaction|idle|lock|tx|query/,
  },
  {
    probe: 'postgres.database',
    table: 'tables',
    value: 'dead_ratio',
    unit: 'ratio',
    labels: ['table'],
    title: 'Dead rows by table',
    proves: /dead|bloat|vacuum/,
  },
  {
    probe: 'postgres.database',
    table: 'tables',
    value: 'seq_rows_per_second',
    unit: 'per_second',
    labels: ['table'],
    title: 'Rows read without an index by table',
    proves: /index|seq|scan|rows|statist/,
  },
  {
    probe: 'redis.slowlog',
    table: 'slowlog',
    value: 'duration_ms',
    unit: 'ms',
    labels: ['command'],
    title: 'Slowest commands',
  },
  {
    probe: 'redis.info',
    table: 'commands',
    value: 'share',
    unit: 'ratio',
    labels: ['command'],
    title: 'Commands by share of time',
    proves: /command|on_|ops|block|cpu|slow/,
  },
];
