import type { ContainerDetails, ContainerStats } from './schemas.ts';

/** Cores that a container may use: the tightest of its quota, its set of CPUs and the machine. */
export function cpuLimitCores(host: ContainerDetails['HostConfig'], onlineCpus: number): number {
  const limits = [onlineCpus];
  if (host.NanoCpus > 0) limits.push(host.NanoCpus / 1e9);
  // Docker's default period is 100 ms.
  if (host.CpuQuota > 0) limits.push(host.CpuQuota / (host.CpuPeriod || 100_000));
  const cpuset = countCpuset(host.CpusetCpus);
  if (cpuset > 0) limits.push(cpuset);
  return Math.min(...limits);
}

/** `0-2,5` is four CPUs. */
export function countCpuset(cpus: string): number {
  let count = 0;
  for (const part of cpus.split(',')) {
    const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (from !== undefined) count += Number(to ?? from) - Number(from) + 1;
  }
  return count;
}

/**
 * Memory in use in bytes as the docker CLI shows it: usage without the page cache that can be dropped at once.
 * Formula: docker/cli, `calculateMemUsageUnixNoCache` (cgroup v1 `total_inactive_file`, v2 `inactive_file`).
 */
export function memoryUsedBytes({ usage, stats }: ContainerStats['memory_stats']): number | undefined {
  if (usage === undefined) return undefined;
  const reclaimable = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return reclaimable < usage ? usage - reclaimable : usage;
}

/** The memory limit in bytes; undefined when there is none (Docker then reports the host's memory or a huge number). */
export function memoryLimitBytes(limit: number | undefined, hostTotalBytes: number): number | undefined {
  return limit !== undefined && limit > 0 && limit < hostTotalBytes ? limit : undefined;
}

/** The limit of processes and threads; undefined when there is none (the engine then reports 0 or a huge number). */
export function pidsLimit({ pids_stats }: ContainerStats): number | undefined {
  const limit = pids_stats?.limit ?? 0;
  return limit > 0 && limit < Number.MAX_SAFE_INTEGER ? limit : undefined;
}

/** What two readings of the same container say about the time between them. */
export interface StatsDifference {
  readonly windowMs: number;
  readonly cpuCores: number;
  /** Share of CFS periods in which the quota stopped the container; undefined when it ran in none. */
  readonly throttledRatio: number | undefined;
  readonly network:
    | { readonly rx: number; readonly tx: number; readonly errors: number; readonly dropped: number }
    | undefined;
  readonly block: { readonly read: number; readonly write: number } | undefined;
}

/** Differences per second; undefined when a counter went backwards, that is when the container started again. */
export function statsDifference(before: ContainerStats, after: ContainerStats): StatsDifference | undefined {
  const windowMs = Date.parse(after.read) - Date.parse(before.read);
  const cpuNs = after.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage;
  if (!(windowMs > 0) || cpuNs < 0) return undefined;
  const periods = countOf(after, 'periods') - countOf(before, 'periods');
  const throttled = countOf(after, 'throttled_periods') - countOf(before, 'throttled_periods');
  const network = perSecond(networkTotals(before), networkTotals(after), windowMs);
  const block = perSecond(blockTotals(before), blockTotals(after), windowMs);
  return {
    windowMs,
    cpuCores: cpuNs / (windowMs * 1e6),
    throttledRatio: periods > 0 && throttled >= 0 ? throttled / periods : undefined,
    network,
    block,
  };
}

function countOf(stats: ContainerStats, field: 'periods' | 'throttled_periods'): number {
  return stats.cpu_stats.throttling_data?.[field] ?? 0;
}

function networkTotals({ networks }: ContainerStats) {
  const all = Object.values(networks ?? {});
  if (all.length === 0) return undefined;
  const total = { rx: 0, tx: 0, errors: 0, dropped: 0 };
  for (const network of all) {
    total.rx += network.rx_bytes;
    total.tx += network.tx_bytes;
    total.errors += network.rx_errors + network.tx_errors;
    total.dropped += network.rx_dropped + network.tx_dropped;
  }
  return total;
}

function blockTotals({ blkio_stats }: ContainerStats) {
  const entries = blkio_stats?.io_service_bytes_recursive ?? [];
  // An empty list means that this kernel does not account block I/O, not that there is none.
  if (entries.length === 0) return undefined;
  const total = { read: 0, write: 0 };
  for (const { op, value } of entries) {
    const kind = op.toLowerCase();
    if (kind === 'read' || kind === 'write') total[kind] += value;
  }
  return total;
}

function perSecond<T extends Readonly<Record<string, number>>>(
  before: T | undefined,
  after: T | undefined,
  windowMs: number,
): T | undefined {
  if (before === undefined || after === undefined) return undefined;
  const rates = Object.entries(after).map(([key, value]) => [
    key,
    ((value - (before[key] ?? 0)) * 1000) / windowMs,
  ]);
  return rates.every(([, rate]) => Number(rate) >= 0) ? (Object.fromEntries(rates) as T) : undefined;
}
