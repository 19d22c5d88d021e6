import { ProbeError } from '../../core/errors.ts';
import type { Gap, Metric, Observation } from '../../core/evidence.ts';
import type { Probe, ProbeContext } from '../../engine/ports/probe.ts';
import { type DiskUse, parseDiskCounters, toDeviceTable, toDiskUse } from './disk-devices.ts';
import type { HostFiles } from './host-files.ts';
import { type MountUse, parseMounts, readMountUse, toMountTable } from './mounts.ts';
import { linuxOnly } from './portable.ts';
import { pressureMetrics, readPressure } from './pressure.ts';
import { diskUsers, readProcessDisk } from './process-disk.ts';
import { toProcessTable } from './processes.ts';
import { sampleTwice, WindowParams } from './window.ts';

/** File systems (fill level, inodes) and disks (requests, time per request, busy) of the machine. */
export function hostDiskProbe(host: HostFiles): Probe<'host', WindowParams> {
  return {
    name: 'host.disk',
    title: 'Disks of the host',
    targetKind: 'host',
    cost: 'light',
    timeoutMs: 10_000,
    params: WindowParams,
    async collect(context) {
      context.signal.throwIfAborted();
      const mounts = await readMounts(host);
      const hasDiskCounters = (await host.proc.read('diskstats')) !== undefined;
      if (!hasDiskCounters && mounts.uses.length === 0) {
        throw new ProbeError('unsupported', 'neither mounts nor diskstats in /proc', {
          userMessage: 'This machine shows neither its mounts nor its disks.',
          mend: 'run perfbot on Linux, or mount the host /proc',
        });
      }
      const disks = hasDiskCounters
        ? await observeDisks(host, context)
        : { metrics: [], gaps: [linuxOnly('disk requests')] };
      return {
        ...disks,
        metrics: [...mountMetrics(mounts.uses), ...disks.metrics],
        tables: [toMountTable(mounts.uses), ...(disks.tables ?? [])],
        gaps: [...mounts.gaps, ...(disks.gaps ?? [])],
      };
    },
  };
}

async function readMounts({
  proc,
  rootfs,
}: HostFiles): Promise<{ uses: readonly MountUse[]; gaps: readonly Gap[] }> {
  // With the host's root mounted somewhere, its mounts are those of its first process, not of perfbot.
  const mountinfo = await proc.read(rootfs === '/' ? 'self/mountinfo' : '1/mountinfo');
  if (mountinfo === undefined) {
    const root = await readMountUse({ path: '/', type: '', device: '/' }, rootfs);
    return { uses: root ? [root] : [], gaps: [linuxOnly('mounts other than /')] };
  }
  const { local, network } = parseMounts(mountinfo);
  const uses = await Promise.all(local.map((mount) => readMountUse(mount, rootfs)));
  return {
    uses: uses.filter((use) => use !== undefined).sort((a, b) => b.usedRatio - a.usedRatio),
    gaps: network.map((path) => ({
      what: `fill level of ${path}`,
      reason: 'a network file system is not asked, because a dead server would hang the probe',
    })),
  };
}

function mountMetrics(mounts: readonly MountUse[]): readonly Metric[] {
  const inodes = mounts.flatMap(({ inodesRatio }) => inodesRatio ?? []);
  const fullest = mounts[0];
  return [
    ...(fullest ? [{ name: 'disk_used_ratio', value: fullest.usedRatio, unit: 'ratio' } as const] : []),
    ...(inodes.length > 0
      ? [{ name: 'inodes_used_ratio', value: Math.max(...inodes), unit: 'ratio' } as const]
      : []),
  ];
}

async function observeDisks(
  { proc, names }: HostFiles,
  { signal, params }: ProbeContext<'host', WindowParams>,
): Promise<Observation> {
  const { before, after, seconds } = await sampleTwice({
    proc,
    windowMs: params.window,
    signal,
    read: async () => ({
      disks: parseDiskCounters((await proc.read('diskstats')) ?? ''),
      pressure: await readPressure(proc, 'io'),
      processes: await readProcessDisk(proc, signal),
    }),
  });
  const disks = toDiskUse(before.disks, after.disks, seconds);
  const pressure = pressureMetrics({
    resource: 'io',
    names: { some: 'io_pressure_some_ratio' },
    before: before.pressure,
    after: after.pressure,
    seconds,
  });
  const users = diskUsers(before.processes, after.processes, seconds);
  const processes = await toProcessTable({
    proc,
    processes: users.processes,
    title: 'Processes that read and write most',
    names: await names(signal),
    withDisk: true,
  });
  return {
    metrics: [...diskMetrics(disks), ...pressure.metrics],
    tables: [toDeviceTable(disks), processes],
    gaps: [...diskGaps(disks), ...pressure.gaps, ...users.gaps],
    windowMs: Math.round(seconds * 1000),
  };
}

function diskMetrics(disks: readonly DiskUse[]): readonly Metric[] {
  const busiest = disks[0];
  if (busiest === undefined) return [];
  const waits = disks.flatMap(({ awaitMs }) => awaitMs ?? []);
  return [
    { name: 'disk_util_ratio', value: busiest.utilRatio, unit: 'ratio' },
    ...(waits.length > 0 ? [{ name: 'disk_await_ms', value: Math.max(...waits), unit: 'ms' } as const] : []),
  ];
}

function diskGaps(disks: readonly DiskUse[]): readonly Gap[] {
  if (disks.length === 0) return [{ what: 'disk requests', reason: '/proc/diskstats names no whole disk' }];
  if (disks.some(({ awaitMs }) => awaitMs !== undefined)) return [];
  return [{ what: 'time per disk request', reason: 'no disk finished a request in the window' }];
}
