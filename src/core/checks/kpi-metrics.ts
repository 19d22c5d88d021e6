import type { KpiName } from '../kpi.ts';

/** Which metrics measure which KPI. The first source of a service that was measured speaks for it. */
export const KPI_METRICS: readonly {
  readonly kpi: KpiName;
  readonly probe: string;
  readonly metric: string;
}[] = [
  { kpi: 'response_time_p95', probe: 'prometheus.query', metric: 'response_time_p95_ms' },
  { kpi: 'response_time_p95', probe: 'http.timing', metric: 'response_time_p95_ms' },
  { kpi: 'throughput_per_minute', probe: 'prometheus.query', metric: 'throughput_per_minute' },
  { kpi: 'error_rate', probe: 'prometheus.query', metric: 'error_rate' },
  { kpi: 'error_rate', probe: 'http.timing', metric: 'error_rate' },
  { kpi: 'availability', probe: 'http.timing', metric: 'availability' },
  // After the requests of now: a day that was good says nothing of a service that has just gone.
  { kpi: 'availability', probe: 'prometheus.query', metric: 'availability_1d' },
  { kpi: 'cpu', probe: 'docker.stats', metric: 'cpu_ratio' },
  { kpi: 'cpu', probe: 'prometheus.query', metric: 'cpu_ratio' },
  { kpi: 'cpu', probe: 'host.load', metric: 'cpu_busy_ratio' },
  { kpi: 'memory', probe: 'docker.stats', metric: 'memory_ratio' },
  { kpi: 'memory', probe: 'prometheus.query', metric: 'memory_ratio' },
  { kpi: 'memory', probe: 'host.memory', metric: 'memory_used_ratio' },
  { kpi: 'database_response', probe: 'postgres.statements', metric: 'mean_exec_time_ms' },
];

/** What the monitor keeps of its own requests, and alerts by: a few of them have no 95th percentile. */
export const OWN_REQUESTS = {
  probe: 'http.timing',
  metric: 'response_time_p50_ms',
  title: 'Response time (median)',
} as const;
