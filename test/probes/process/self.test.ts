import { describe, expect, it } from 'vitest';
import { metricValue } from '../../../src/core/evidence.ts';
import { processSelfProbe } from '../../../src/probes/process/self.ts';
import { probeContract } from '../../contract/probe-contract.ts';

const TARGET = { kind: 'process', id: 'process:perfbot', service: 'perfbot', zone: 'default' } as const;

describe('process.self', () => {
  probeContract({
    healthy: () => ({ probe: processSelfProbe(), target: TARGET }),
    metrics: [
      'event_loop_delay_max_ms',
      'event_loop_utilisation',
      'heap_used_bytes',
      'rss_bytes',
      'cpu_cores',
    ],
    params: { window: '200ms' },
  });

  it('sees a blocked event loop', async () => {
    setTimeout(() => {
      const until = performance.now() + 200;
      while (performance.now() < until);
    }, 100);
    const observation = await processSelfProbe().collect({
      target: TARGET,
      params: { window: 500 },
      signal: new AbortController().signal,
      now: Date.now,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    expect(metricValue(observation, 'event_loop_delay_max_ms')).toBeGreaterThan(150);
    expect(metricValue(observation, 'event_loop_utilisation')).toBeGreaterThan(0.3);
  });
});
