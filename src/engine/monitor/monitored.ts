/** What is measured again and again, with parameters that keep it light. */
export interface MonitoredProbe {
  readonly probe: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Metrics that are kept besides those of KPIs. */
  readonly metrics?: readonly string[];
  /** Parts of the target (file systems, routes) whose numbers are kept one by one. */
  readonly parts?: KeptParts;
  /** Pause between two looks in milliseconds; absent: every round. What is seldom looked at raises no alerts. */
  readonly everyMs?: number;
  /** Another probe of the list judges the target; this one tells what changed. */
  readonly onlyFacts?: boolean;
}

/** A column of a table of evidence that is kept as a metric, with another column as the name of the part. */
export interface KeptParts {
  readonly table: string;
  readonly label: string;
  readonly value: string;
  readonly metric: string;
  /** Rows that are kept, the first of the table. */
  readonly most: number;
}

const MOST_PARTS = 20;
const HOUR_MS = 60 * 60_000;

/** Probes that the monitor repeats, with parameters that keep them light, and what it keeps besides KPIs. */
export const MONITORED: readonly MonitoredProbe[] = [
  {
    probe: 'docker.stats',
    params: { samples: 2, interval: '2s' },
    metrics: ['running', 'memory_used_bytes', 'throttled_ratio'],
  },
  { probe: 'docker.containers', params: {}, metrics: ['containers_running'] },
  { probe: 'host.load', params: {} },
  { probe: 'host.memory', params: {} },
  {
    probe: 'host.disk',
    params: {},
    metrics: ['disk_used_ratio'],
    parts: {
      table: 'mounts',
      label: 'mount',
      value: 'used_ratio',
      metric: 'disk_used_ratio',
      most: MOST_PARTS,
    },
  },
  // Each route in every round, for one that fails is to be found in two; no faster than five a second, one at a time.
  // A few requests have a median and a maximum; a 95th percentile they have not, and none is made up.
  {
    probe: 'http.timing',
    params: {
      requests: 3,
      each_route_up_to: MOST_PARTS,
      ask_again: true,
      requests_per_second: 5,
      budget: '8s',
    },
    metrics: ['response_time_p50_ms', 'response_time_max_ms'],
    parts: {
      table: 'routes',
      label: 'route',
      value: 'p50_ms',
      metric: 'response_time_p50_ms',
      most: MOST_PARTS,
    },
  },
  // What the service itself counts, of all its requests.
  {
    probe: 'prometheus.query',
    params: {
      range: '1m',
      only: ['response_time_p95_ms', 'throughput_per_minute', 'error_rate'],
      routes: MOST_PARTS,
      remember: '10m',
    },
    parts: {
      table: 'routes',
      label: 'route',
      value: 'p95_ms',
      metric: 'response_time_p95_ms',
      most: MOST_PARTS,
    },
  },
  { probe: 'postgres.statements', params: { window: '3s', statements: 5 }, metrics: ['calls_per_second'] },
  // Numbers of its own it has none; it tells when the server was started or set otherwise.
  { probe: 'postgres.settings', params: {}, onlyFacts: true },
  { probe: 'postgres.statement_totals', params: {}, everyMs: HOUR_MS },
  { probe: 'postgres.activity', params: { sessions: 1 }, metrics: ['connections', 'connections_ratio'] },
  {
    probe: 'redis.info',
    params: { window: '2s' },
    metrics: ['used_memory_bytes', 'memory_ratio', 'ops_per_second', 'hit_ratio', 'connected_clients'],
  },
];
