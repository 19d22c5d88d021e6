import type { MonitoredProbe } from './sample-services.ts';

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
  // Three requests have a median and a maximum; a 95th percentile they have not, and none is made up.
  {
    probe: 'http.timing',
    params: { requests: 3, requests_per_second: 5, budget: '8s' },
    metrics: ['response_time_p50_ms', 'response_time_max_ms'],
  },
  { probe: 'postgres.statements', params: { window: '3s', statements: 5 }, metrics: ['calls_per_second'] },
  // Numbers of its own it has none; it tells when the server was started or set otherwise.
  { probe: 'postgres.settings', params: {}, onlyFacts: true },
  {
    probe: 'redis.info',
    params: { window: '2s' },
    metrics: ['used_memory_bytes', 'memory_ratio', 'ops_per_second', 'hit_ratio', 'connected_clients'],
  },
];
