import type { Gap } from '../../core/evidence.ts';
import type { ProcFiles } from './proc-files.ts';
import type { ProcessStat } from './process-stat.ts';
import { type ProcessUse, readProcesses } from './processes.ts';

/** Bytes that a process caused to be read from and written to disks since it started; absent: it may not be seen. */
interface ProcessDisk extends ProcessStat {
  readonly disk: { readonly read: number; readonly written: number } | undefined;
}

const READS_AT_ONCE = 64;

/** All processes with the counters of `/proc/<pid>/io`, which the kernel shows to root (or with CAP_SYS_PTRACE) only. */
export async function readProcessDisk(
  proc: ProcFiles,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, ProcessDisk>> {
  const stats = [...(await readProcesses(proc, signal)).values()];
  const found = new Map<number, ProcessDisk>();
  for (let start = 0; start < stats.length; start += READS_AT_ONCE) {
    signal.throwIfAborted();
    await Promise.all(
      stats.slice(start, start + READS_AT_ONCE).map(async (stat) => {
        found.set(stat.pid, { ...stat, disk: parseDisk((await proc.read(`${stat.pid}/io`)) ?? '') });
      }),
    );
  }
  return found;
}

function parseDisk(text: string): ProcessDisk['disk'] {
  const [read, written] = [/^read_bytes: (\d+)$/m, /^write_bytes: (\d+)$/m].map(
    (line) => line.exec(text)?.[1],
  );
  return read === undefined || written === undefined
    ? undefined
    : { read: Number(read), written: Number(written) };
}

/** Who used the disks between two readings, most bytes first, and what could not be seen. */
export function diskUsers(
  before: ReadonlyMap<number, ProcessDisk>,
  after: ReadonlyMap<number, ProcessDisk>,
  seconds: number,
): { readonly processes: readonly ProcessUse[]; readonly gaps: readonly Gap[] } {
  const lasting = [...after.values()].filter(
    ({ pid, startTicks }) => before.get(pid)?.startTicks === startTicks,
  );
  const hidden = lasting.filter(({ pid, disk }) => disk === undefined && !before.get(pid)?.disk).length;
  const processes = [...after.values()].flatMap((now): readonly ProcessUse[] => {
    const earlier = before.get(now.pid);
    const base = earlier?.startTicks === now.startTicks ? earlier.disk : { read: 0, written: 0 };
    if (now.disk === undefined || base === undefined) return [];
    const [read, written] = [now.disk.read - base.read, now.disk.written - base.written];
    if (read <= 0 && written <= 0) return [];
    return [
      {
        ...now,
        readBytesPerSecond: Math.max(0, read) / seconds,
        writeBytesPerSecond: Math.max(0, written) / seconds,
      },
    ];
  });
  const amount = (use: ProcessUse) => (use.readBytesPerSecond ?? 0) + (use.writeBytesPerSecond ?? 0);
  return {
    processes: processes.sort((a, b) => amount(b) - amount(a) || a.pid - b.pid),
    gaps: hidden === 0 ? [] : [hiddenGap(hidden, lasting.length)],
  };
}

/** Who sees most processes has the right: what is still hidden guards itself, and no right of perfbot's would show it. */
function hiddenGap(hidden: number, all: number): Gap {
  const what = `what ${hidden} of ${all} processes read and write`;
  if (hidden * 2 < all)
    return { what, reason: 'the kernel does not show /proc/<pid>/io of processes that guard themselves' };
  return {
    what,
    reason: 'the kernel shows /proc/<pid>/io of others only to root and with the capability SYS_PTRACE',
    mend: 'start perfbot with --cap-add SYS_PTRACE (compose: cap_add: [SYS_PTRACE]) and as root',
  };
}
