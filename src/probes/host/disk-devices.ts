import type { Table } from '../../core/evidence.ts';

/** Counters of one disk since boot. */
interface DiskCounters {
  readonly reads: number;
  readonly writes: number;
  /** Milliseconds that finished requests took, added up. */
  readonly readMs: number;
  readonly writeMs: number;
  /** Milliseconds in which at least one request was under way. */
  readonly busyMs: number;
}

/** One disk over a window. */
export interface DiskUse {
  readonly device: string;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** Absent when no request finished in the window: nothing took any time. */
  readonly awaitMs?: number;
  readonly utilRatio: number;
}

/** Partitions repeat their disk, and device-mapper and md repeat the disks below them. */
const NOT_A_DISK =
  /^(loop|ram|zram|sr|fd|dm-|md)|^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+)\d+$|^(nvme\d+n\d+|mmcblk\d+)p\d+$/;

/** Reads `/proc/diskstats`: whole disks only (kernel documentation, iostats). */
export function parseDiskCounters(text: string): ReadonlyMap<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  for (const line of text.split('\n')) {
    const [, , device, ...rest] = line.trim().split(/\s+/);
    const [reads, , , readMs, writes, , , writeMs, , busyMs] = rest.map(Number);
    if (device === undefined || NOT_A_DISK.test(device) || busyMs === undefined) continue;
    if (reads === undefined || readMs === undefined || writes === undefined || writeMs === undefined)
      continue;
    disks.set(device, { reads, writes, readMs, writeMs, busyMs });
  }
  return disks;
}

/** Use between two readings, busiest first: await = time / requests, util = busy time / window (as iostat). */
export function toDiskUse(
  before: ReadonlyMap<string, DiskCounters>,
  after: ReadonlyMap<string, DiskCounters>,
  seconds: number,
): readonly DiskUse[] {
  const used: DiskUse[] = [];
  for (const [device, now] of after) {
    const then = before.get(device);
    if (then === undefined) continue;
    const requests = now.reads - then.reads + now.writes - then.writes;
    const tookMs = now.readMs - then.readMs + now.writeMs - then.writeMs;
    used.push({
      device,
      readsPerSecond: (now.reads - then.reads) / seconds,
      writesPerSecond: (now.writes - then.writes) / seconds,
      ...(requests > 0 && { awaitMs: tookMs / requests }),
      utilRatio: Math.min(1, (now.busyMs - then.busyMs) / 1000 / seconds),
    });
  }
  return used.sort((a, b) => b.utilRatio - a.utilRatio || a.device.localeCompare(b.device));
}

/** The table `devices`, busiest first. */
export function toDeviceTable(disks: readonly DiskUse[]): Table {
  return {
    name: 'devices',
    title: 'Disks',
    columns: [
      { name: 'device', title: 'Disk' },
      { name: 'reads_per_second', title: 'Reads', unit: 'per_second' },
      { name: 'writes_per_second', title: 'Writes', unit: 'per_second' },
      { name: 'await_ms', title: 'Time per request', unit: 'ms' },
      { name: 'util_ratio', title: 'Busy', unit: 'ratio' },
    ],
    rows: disks.map((disk) => [
      disk.device,
      disk.readsPerSecond,
      disk.writesPerSecond,
      disk.awaitMs ?? null,
      disk.utilRatio,
    ]),
  };
}
