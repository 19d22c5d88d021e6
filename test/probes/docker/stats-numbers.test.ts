import { describe, expect, it } from 'vitest';
import { ContainerStats } from '../../../src/probes/docker/schemas.ts';
import {
  countCpuset,
  cpuLimitCores,
  memoryLimitBytes,
  memoryUsedBytes,
  statsDifference,
} from '../../../src/probes/docker/stats-numbers.ts';

const HOST = { NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0, CpusetCpus: '', Memory: 0, MemorySwap: 0 };

describe('cpuLimitCores', () => {
  it.each([
    [{}, 4],
    [{ NanoCpus: 5e8 }, 0.5],
    [{ CpuQuota: 150_000, CpuPeriod: 100_000 }, 1.5],
    [{ CpuQuota: 50_000 }, 0.5],
    [{ CpuQuota: -1, CpuPeriod: 100_000 }, 4],
    [{ CpusetCpus: '0-1' }, 2],
    [{ CpusetCpus: '0,3', NanoCpus: 1e9 }, 1],
    [{ NanoCpus: 16e9 }, 4],
  ])('%o on 4 CPUs is %s', (host, cores) => {
    expect(cpuLimitCores({ ...HOST, ...host }, 4)).toBe(cores);
  });

  it.each([
    ['', 0],
    ['0', 1],
    ['0-2,5', 4],
  ])('cpuset "%s" has %s CPUs', (text, count) => {
    expect(countCpuset(text)).toBe(count);
  });
});

describe('memory', () => {
  it.each([
    [
      'cgroup v1, page cache taken off',
      { usage: 100, stats: { total_inactive_file: 60, inactive_file: 1 } },
      40,
    ],
    ['cgroup v2, page cache taken off', { usage: 100, stats: { inactive_file: 30, anon: 50 } }, 70],
    ['more cache than usage is an inconsistent reading', { usage: 100, stats: { inactive_file: 200 } }, 100],
    ['no detail', { usage: 100 }, 100],
    ['stopped or not accounted', {}, undefined],
  ])('used: %s', (_, memory, used) => {
    expect(memoryUsedBytes(memory)).toBe(used);
  });

  it.each([
    ['a limit below the host is one', 512, 512],
    ['the size of the host means none', 1000, undefined],
    ['the huge number of cgroup v1 means none', 9_223_372_036_854_772_000, undefined],
    ['absent', undefined, undefined],
  ])('limit: %s', (_, limit, expected) => {
    expect(memoryLimitBytes(limit, 1000)).toBe(expected);
  });
});

/** A reading as a Docker 27 on cgroup v2 gives it: no `networks` errors missing, block I/O in lower case. */
function reading(
  second: number,
  cpuSeconds: number,
  counters: { periods?: number; throttled?: number; io?: number } = {},
) {
  return ContainerStats.parse({
    read: new Date(second * 1000).toISOString(),
    preread: '0001-01-01T00:00:00Z',
    pids_stats: { current: 12, limit: 18_446_744_073_709_552_000 },
    blkio_stats: {
      io_service_bytes_recursive:
        counters.io === undefined
          ? null
          : [
              { major: 8, minor: 0, op: 'read', value: counters.io },
              { major: 8, minor: 0, op: 'write', value: 2 * counters.io },
            ],
      io_serviced_recursive: null,
    },
    cpu_stats: {
      cpu_usage: { total_usage: cpuSeconds * 1e9, usage_in_kernelmode: 0, usage_in_usermode: 0 },
      system_cpu_usage: 1,
      online_cpus: 4,
      throttling_data: {
        periods: counters.periods ?? 0,
        throttled_periods: counters.throttled ?? 0,
        throttled_time: 0,
      },
    },
    memory_stats: { usage: 1, stats: { inactive_file: 0 }, limit: 2 },
    networks: {
      eth0: {
        rx_bytes: second * 1000,
        tx_bytes: 0,
        rx_errors: 0,
        tx_errors: 0,
        rx_dropped: second,
        tx_dropped: 0,
      },
    },
  });
}

describe('statsDifference', () => {
  it('gives cores, throttling and rates of the time between two readings', () => {
    const before = reading(10, 100, { periods: 1000, throttled: 100, io: 0 });
    const after = reading(12, 101, { periods: 1020, throttled: 115, io: 4000 });
    expect(statsDifference(before, after)).toEqual({
      windowMs: 2000,
      cpuCores: 0.5,
      throttledRatio: 0.75,
      network: { rx: 1000, tx: 0, errors: 0, dropped: 1 },
      block: { read: 2000, write: 4000 },
    });
  });

  it('says nothing of throttling without periods, and nothing of block I/O where it is not accounted', () => {
    const difference = statsDifference(reading(10, 100), reading(12, 100));
    expect(difference?.throttledRatio).toBeUndefined();
    expect(difference?.block).toBeUndefined();
    expect(difference?.cpuCores).toBe(0);
  });

  it('discards readings with a restart between them', () => {
    expect(statsDifference(reading(10, 100), reading(12, 1))).toBeUndefined();
    expect(statsDifference(reading(12, 100), reading(12, 101))).toBeUndefined();
  });
});
