import type { MetricDefinition } from './metric-definition.ts';

/** A number that exists only where the metric `needs` does. */
interface ResourceMetric {
  readonly needs: string;
  toDefinition(matcher: string, rateWindow: string): MetricDefinition;
}

/** How busy the process is, as client libraries tell it. */
const PROCESS: readonly ResourceMetric[] = [
  {
    needs: 'process_cpu_seconds_total',
    toDefinition: (matcher, window) => ({
      name: 'cpu_cores',
      unit: 'cores',
      query: `sum(rate(process_cpu_seconds_total{${matcher}}[${window}]))`,
    }),
  },
  {
    needs: 'process_max_fds',
    toDefinition: (matcher) => ({
      name: 'open_files_ratio',
      unit: 'ratio',
      query: `max(process_open_fds{${matcher}} / process_max_fds{${matcher}})`,
    }),
  },
];

/** Event loop and heap of Node, as prom-client tells them; of several processes the worst. */
const NODE: readonly ResourceMetric[] = [
  ...(['p99', 'p50'] as const).map(
    (quantile): ResourceMetric => ({
      needs: `nodejs_eventloop_lag_${quantile}_seconds`,
      toDefinition: (matcher) => ({
        name: `event_loop_lag_${quantile}_ms`,
        unit: 'ms',
        query: `max(nodejs_eventloop_lag_${quantile}_seconds{${matcher}}) * 1000`,
      }),
    }),
  ),
  {
    needs: 'nodejs_gc_duration_seconds_sum',
    toDefinition: (matcher, window) => ({
      name: 'gc_ratio',
      unit: 'ratio',
      query: `max(sum without (kind) (rate(nodejs_gc_duration_seconds_sum{${matcher}}[${window}])))`,
    }),
  },
  {
    // No client library tells the limit of the heap: the lowest use is compared with what the heap has taken.
    needs: 'nodejs_heap_size_total_bytes',
    toDefinition: (matcher, window) => ({
      name: 'heap_floor_ratio',
      unit: 'ratio',
      query: `max(min_over_time(nodejs_heap_size_used_bytes{${matcher}}[${window}]) / nodejs_heap_size_total_bytes{${matcher}})`,
    }),
  },
];

/** The container and its limits, as cAdvisor tells them. */
const CONTAINER: readonly ResourceMetric[] = [
  {
    needs: 'container_spec_cpu_quota',
    toDefinition: (matcher, window) => ({
      name: 'cpu_ratio',
      unit: 'ratio',
      query: `max(sum by (id) (rate(container_cpu_usage_seconds_total{${matcher}}[${window}])) / sum by (id) (container_spec_cpu_quota{${matcher}} / container_spec_cpu_period{${matcher}}))`,
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

/** CPU, memory, files, event loop and heap, as client libraries and cAdvisor call them. */
export const RESOURCE_METRICS: readonly ResourceMetric[] = [...PROCESS, ...NODE, ...CONTAINER];
