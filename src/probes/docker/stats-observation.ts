import type { Gap, Metric, Observation, Point } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';
import { formatValue } from '../../core/unit.ts';
import type { ContainerDetails, ContainerStats } from './schemas.ts';
import {
  cpuLimitCores,
  memoryLimitBytes,
  memoryUsedBytes,
  pidsLimit,
  type StatsDifference,
  statsDifference,
} from './stats-numbers.ts';

export interface StatsReadings {
  readonly details: ContainerDetails;
  /** Oldest first. */
  readonly readings: readonly ContainerStats[];
  readonly hostMemoryBytes: number;
}

/** What a row of readings says. Without two usable readings there are no rates: a missing number is never 0. */
export function toStatsObservation({ details, readings, hostMemoryBytes }: StatsReadings): Observation {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return { metrics: [], windowMs: 0 };
  const limitCores = cpuLimitCores(details.HostConfig, last.cpu_stats.online_cpus ?? 1);
  const difference = statsDifference(first, last);
  const memory = memoryPart(last, hostMemoryBytes);
  return {
    metrics: [
      ...(difference ? cpuMetrics(difference, limitCores, hasQuota(details)) : []),
      ...memory.metrics,
      ...(difference ? ioMetrics(difference) : []),
      ...pidMetrics(last),
      ...(last.cpu_stats.online_cpus ? [metric('online_cpus', last.cpu_stats.online_cpus, 'count')] : []),
    ],
    series: [
      { name: 'cpu_ratio', unit: 'ratio', points: cpuPoints(readings, limitCores) },
      { name: 'memory_used_bytes', unit: 'bytes', points: memoryPoints(readings) },
    ],
    facts: memory.facts,
    gaps: gapsOf(difference, memory.metrics.length > 0),
    windowMs: difference?.windowMs ?? 0,
  };
}

function hasQuota({ HostConfig }: ContainerDetails): boolean {
  return HostConfig.NanoCpus > 0 || HostConfig.CpuQuota > 0;
}

function cpuMetrics(difference: StatsDifference, limitCores: number, quota: boolean): readonly Metric[] {
  // A container with a quota that ran in no period was not held back in any.
  const throttled = difference.throttledRatio ?? (quota ? 0 : undefined);
  return [
    metric('cpu_cores', difference.cpuCores, 'cores'),
    metric('cpu_limit_cores', limitCores, 'cores'),
    metric('cpu_ratio', difference.cpuCores / limitCores, 'ratio'),
    ...(throttled === undefined ? [] : [metric('throttled_ratio', throttled, 'ratio')]),
  ];
}

function memoryPart({ memory_stats }: ContainerStats, hostMemoryBytes: number) {
  const used = memoryUsedBytes(memory_stats);
  const limit = memoryLimitBytes(memory_stats.limit, hostMemoryBytes);
  const facts = {
    memory_limit:
      limit === undefined
        ? `none (host has ${formatValue(hostMemoryBytes, 'bytes')})`
        : formatValue(limit, 'bytes'),
  };
  if (used === undefined) return { metrics: [], facts };
  const metrics = [
    metric('memory_used_bytes', used, 'bytes'),
    ...(limit === undefined ? [] : [metric('memory_limit_bytes', limit, 'bytes')]),
    metric('memory_ratio', used / (limit ?? hostMemoryBytes), 'ratio'),
  ];
  return { metrics, facts };
}

function ioMetrics({ network, block }: StatsDifference): readonly Metric[] {
  return [
    ...(network === undefined
      ? []
      : [
          metric('network_rx_bytes_per_second', network.rx, 'bytes_per_second'),
          metric('network_tx_bytes_per_second', network.tx, 'bytes_per_second'),
          metric('network_errors_per_second', network.errors, 'per_second'),
          metric('network_dropped_per_second', network.dropped, 'per_second'),
        ]),
    ...(block === undefined
      ? []
      : [
          metric('block_read_bytes_per_second', block.read, 'bytes_per_second'),
          metric('block_write_bytes_per_second', block.write, 'bytes_per_second'),
        ]),
  ];
}

/** Processes and threads together: that is what the limit counts. */
function pidMetrics(stats: ContainerStats): readonly Metric[] {
  const pids = stats.pids_stats?.current;
  const limit = pidsLimit(stats);
  if (pids === undefined) return [];
  return [
    metric('pids', pids, 'count'),
    ...(limit === undefined
      ? []
      : [metric('pids_limit', limit, 'count'), metric('pids_ratio', pids / limit, 'ratio')]),
  ];
}

function gapsOf(difference: StatsDifference | undefined, hasMemory: boolean): readonly Gap[] {
  const gaps: Gap[] = [];
  if (difference === undefined) gaps.push({ what: 'CPU', reason: 'The two readings cannot be compared.' });
  if (!hasMemory) gaps.push({ what: 'memory', reason: 'This engine does not account memory per container.' });
  if (difference && !difference.network) {
    gaps.push({ what: 'network', reason: 'The container has no network of its own.' });
  }
  if (difference && !difference.block) {
    gaps.push({ what: 'block I/O', reason: 'The kernel does not account block I/O per container.' });
  }
  return gaps;
}

function cpuPoints(readings: readonly ContainerStats[], limitCores: number): readonly Point[] {
  return readings.slice(1).flatMap((after, index) => {
    const before = readings[index];
    const difference = before && statsDifference(before, after);
    return difference ? [{ at: Date.parse(after.read), value: difference.cpuCores / limitCores }] : [];
  });
}

function memoryPoints(readings: readonly ContainerStats[]): readonly Point[] {
  return readings.flatMap(({ read, memory_stats }) => {
    const used = memoryUsedBytes(memory_stats);
    return used === undefined ? [] : [{ at: Date.parse(read), value: used }];
  });
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}
