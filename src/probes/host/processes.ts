import type { Table } from '../../core/evidence.ts';
import { rowsOutOf } from '../../core/top-rows.ts';
import { parseContainerId } from './container-id.ts';
import type { ProcFiles } from './proc-files.ts';
import { type ProcessStat, parseProcessStat } from './process-stat.ts';
import { redactCommand } from './redact-command.ts';

/** Names of containers by id; ids that it does not know are shown in their short form. */
export type ContainerNames = (signal: AbortSignal) => Promise<ReadonlyMap<string, string>>;

/** One process over a window; what was not read twice is absent. */
export interface ProcessUse extends ProcessStat {
  readonly cpuCores?: number;
  readonly readBytesPerSecond?: number;
  readonly writeBytesPerSecond?: number;
}

const READS_AT_ONCE = 64;
const SHOWN_PROCESSES = 10;

/** All processes that can be seen right now, by pid; those that end while it reads are left out. */
export async function readProcesses(
  proc: ProcFiles,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, ProcessStat>> {
  const pids = await proc.pids();
  const found = new Map<number, ProcessStat>();
  for (let start = 0; start < pids.length; start += READS_AT_ONCE) {
    signal.throwIfAborted();
    const texts = await Promise.all(
      pids.slice(start, start + READS_AT_ONCE).map((pid) => proc.read(`${pid}/stat`)),
    );
    for (const text of texts) {
      const stat = text === undefined ? undefined : parseProcessStat(text);
      if (stat) found.set(stat.pid, stat);
    }
  }
  return found;
}

/** CPU use between two readings, busiest first. A process that began within the window counts from its start. */
export function busiestProcesses(
  before: ReadonlyMap<number, ProcessStat>,
  after: ReadonlyMap<number, ProcessStat>,
  seconds: number,
): readonly ProcessUse[] {
  return [...after.values()]
    .map((stat) => {
      const earlier = before.get(stat.pid);
      const base = earlier?.startTicks === stat.startTicks ? earlier.cpuSeconds : 0;
      return { ...stat, cpuCores: Math.max(0, stat.cpuSeconds - base) / seconds };
    })
    .sort((a, b) => b.cpuCores - a.cpuCores || a.pid - b.pid);
}

/** The first processes of a list as a table, with command line, memory and container where they can be read. */
export async function toProcessTable(options: {
  readonly proc: ProcFiles;
  readonly processes: readonly ProcessUse[];
  readonly title: string;
  readonly names: ReadonlyMap<string, string>;
  /** With what they read from and write to disks. */
  readonly withDisk?: boolean;
}): Promise<Table> {
  const { proc, processes, title, names, withDisk = false } = options;
  const shown = processes.slice(0, SHOWN_PROCESSES);
  const rows = await Promise.all(
    shown.map(async ({ pid, command, cpuCores, readBytesPerSecond, writeBytesPerSecond }) => {
      const commandLine = await readCommandLine(proc, pid);
      const container = parseContainerId((await proc.read(`${pid}/cgroup`)) ?? '');
      return [
        String(pid),
        redactCommand(commandLine || command),
        ...(withDisk ? [readBytesPerSecond ?? null, writeBytesPerSecond ?? null] : [cpuCores ?? null]),
        (await readResidentBytes(proc, pid)) ?? null,
        container === undefined ? null : (names.get(container) ?? container.slice(0, 12)),
      ];
    }),
  );
  return {
    name: 'processes',
    title,
    columns: [
      { name: 'pid', title: 'PID' },
      { name: 'command', title: 'Command', format: 'log' },
      ...(withDisk ? DISK_COLUMNS : [{ name: 'cpu_cores', title: 'CPU', unit: 'cores' } as const]),
      { name: 'memory_bytes', title: 'Memory', unit: 'bytes' },
      { name: 'container', title: 'Container' },
    ],
    ...rowsOutOf(processes.length, rows),
  };
}

const DISK_COLUMNS = [
  { name: 'read_bytes_per_second', title: 'Read', unit: 'bytes_per_second' },
  { name: 'write_bytes_per_second', title: 'Written', unit: 'bytes_per_second' },
] as const;

async function readCommandLine(proc: ProcFiles, pid: number): Promise<string> {
  return ((await proc.read(`${pid}/cmdline`)) ?? '').split('\0').join(' ').trim();
}

async function readResidentBytes(proc: ProcFiles, pid: number): Promise<number | undefined> {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec((await proc.read(`${pid}/status`)) ?? '')?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}
