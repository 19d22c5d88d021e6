import { describe, expect, it, onTestFinished } from 'vitest';
import { metricValue } from '../../../src/core/evidence.ts';
import { openHost } from '../../../src/probes/host/host-files.ts';
import { hostMemoryProbe } from '../../../src/probes/host/memory.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createProcTree } from '../../support/proc-tree.ts';

const TARGET = { kind: 'host', id: 'host:host', service: 'host', zone: 'default' } as const;
const MEMINFO =
  'MemTotal: 1000 kB\nMemFree: 50 kB\nMemAvailable: 200 kB\nSwapTotal: 400 kB\nSwapFree: 100 kB\n';

async function collect(files: Record<string, string>, after: Record<string, string>) {
  const tree = createProcTree({ uptime: '10.00 1.00', '2/comm': 'kthreadd\n', ...files });
  onTestFinished(tree.remove);
  const host = openHost({ procRoot: tree.root, cgroupRoot: `${tree.root}/none` });
  setTimeout(() => tree.write({ uptime: '12.00 1.00', ...after }), 120);
  return hostMemoryProbe(host).collect({
    target: TARGET,
    params: { window: 200 },
    signal: new AbortController().signal,
    now: Date.now,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

describe('host.memory', () => {
  probeContract({
    healthy: () => ({ probe: hostMemoryProbe(openHost({})), target: TARGET }),
    metrics: [
      'memory_used_ratio',
      'memory_available_bytes',
      'memory_total_bytes',
      'swap_used_ratio',
      'memory_pressure_some_ratio',
      'memory_pressure_full_ratio',
    ],
    tables: ['processes'],
    params: { window: 200 },
  });

  it('counts what is available, not what is free', async () => {
    const observation = await collect(
      { meminfo: MEMINFO, 'pressure/memory': 'some total=0\nfull total=0\n' },
      { 'pressure/memory': 'some total=1000000\nfull total=200000\n' },
    );
    expect(metricValue(observation, 'memory_used_ratio')).toBeCloseTo(0.8);
    expect(metricValue(observation, 'swap_used_ratio')).toBeCloseTo(0.75);
    expect(metricValue(observation, 'memory_pressure_some_ratio')).toBeCloseTo(0.5);
    expect(metricValue(observation, 'memory_pressure_full_ratio')).toBeCloseTo(0.1);
  });

  it('has no swap ratio without swap', async () => {
    const observation = await collect({ meminfo: MEMINFO.replace('SwapTotal: 400', 'SwapTotal: 0') }, {});
    expect(metricValue(observation, 'swap_used_ratio')).toBeUndefined();
    expect(observation.facts?.swap).toBe('none');
  });

  it('derives no ratio from free memory where the kernel tells no available memory', async () => {
    const observation = await collect({ meminfo: 'MemTotal: 1000 kB\nMemFree: 50 kB\n' }, {});
    expect(metricValue(observation, 'memory_used_ratio')).toBeUndefined();
    expect(observation.gaps).toHaveLength(1);
  });
});
