import { describe, expect, it } from 'vitest';
import { containerCpuThrottledRule } from '../../../../src/core/diagnosis/rules/container-cpu-throttled.ts';
import { containerMemoryNearLimitRule } from '../../../../src/core/diagnosis/rules/container-memory.ts';
import { factsOf, outcome, seen } from './evidence-of.ts';

const told = (metrics: Readonly<Record<string, number>>) => seen('prometheus.query', 'api', metrics);
const stats = (metrics: Readonly<Record<string, number>>) => seen('docker.stats', 'api', metrics);

describe('what only Prometheus knows of a container', () => {
  it.each([
    ['hardly throttled', [told({ throttled_ratio: 0.1 })], 'ruled out'],
    ['throttled', [told({ throttled_ratio: 0.3 })], 'found 0.7'],
    ['stopped most of the time', [told({ throttled_ratio: 0.9 })], 'found 0.8'],
    ['Prometheus does not know', [told({ cpu_cores: 1 })], 'nothing'],
    [
      'measured at the container',
      [stats({ cpu_cores: 0.2, cpu_limit_cores: 1, throttled_ratio: 0.02 }), told({ throttled_ratio: 0.9 })],
      'ruled out',
    ],
  ])('container.cpu_throttled: %s', (_, evidence, expected) => {
    expect(outcome(containerCpuThrottledRule, factsOf(evidence))).toBe(expected);
  });

  it.each([
    ['room', [told({ memory_ratio: 0.5 })], 'ruled out'],
    ['near the limit', [told({ memory_ratio: 0.92 })], 'found 0.55'],
    ['at the limit', [told({ memory_ratio: 0.99 })], 'found 0.65'],
    [
      'measured at the container',
      [stats({ memory_ratio: 0.4, memory_limit_bytes: 1e9 }), told({ memory_ratio: 0.99 })],
      'ruled out',
    ],
  ])('container.memory_near_limit: %s', (_, evidence, expected) => {
    expect(outcome(containerMemoryNearLimitRule, factsOf(evidence))).toBe(expected);
  });
});
