import type { MetricDefinition } from './metric-definition.ts';

/** A number that exists only where the metric `needs` does. */
interface ResourceMetric {
  readonly needs: string;
  toDefinition(matcher: string, rateWindow: string): MetricDefinition;
}

/** CPU, memory and event loop, as client libraries and cAdvisor call them. */
export const RESOURCE_METRICS: readonly ResourceMetric[] = [
  {
    needs: 'process_cpu_seconds_total',
    toDefinition: (matcher, window) => ({
      name: 'cpu_cores',
      unit: 'cores',
      query: `sum(rate(process_cpu_seconds_total{${matcher}}[${window}]))`,
    }),
  },
  {
    needs: 'nodejs_eventloop_lag_p99_seconds',
    toDefinition: (matcher) => ({
      name: 'event_loop_lag_p99_ms',
      unit: 'ms',
      query: `max(nodejs_eventloop_lag_p99_seconds{${matcher}}) * 1000`,
    }),
  },
  {
    needs: 'container_cpu_cfs_periods_total',
    toDefinition: (matcher, window) => ({
      name: 'throttled_ratio',
      unit: 'ratio',
      query: `sum(rate(container_cpu_cfs_throttled_periods_total{${matcher}}[${window}])) / sum(rate(container_cpu_cfs_periods_total{${matcher}}[${window}]))`,
    }),
  },
  {
    needs: 'container_memory_working_set_bytes',
    toDefinition: (matcher) => ({
      name: 'memory_ratio',
      unit: 'ratio',
      query: `max(container_memory_working_set_bytes{${matcher}} / (container_spec_memory_limit_bytes{${matcher}} > 0))`,
    }),
  },
];
