import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readKernelFile } from '../kernel-file.ts';

/** Where the kernel's files are; other roots when the host's are mounted into a container. */
export interface ProcFiles {
  /** Text of a file below the root, or undefined when it is not there or may not be read. */
  read(path: string): Promise<string | undefined>;
  /** Target of a symbolic link, or undefined. */
  link(path: string): Promise<string | undefined>;
  /** Numeric directory names: the process ids. */
  pids(): Promise<readonly number[]>;
}

/** Reads `/proc`, or the same tree mounted elsewhere. Missing files are an answer, not an error. */
export function openProc(root: string): ProcFiles {
  return {
    read: (path) => readKernelFile(join(root, path)),
    link: (path) => readlink(join(root, path)).catch(() => undefined),
    async pids() {
      const names = await readdir(root).catch(() => []);
      return names.filter((name) => /^\d+$/.test(name)).map(Number);
    },
  };
}

/** Seconds since boot: the clock by which differences of counters are divided, since it never jumps. */
export async function readUptimeSeconds(proc: ProcFiles): Promise<number | undefined> {
  const seconds = Number((await proc.read('uptime'))?.split(' ')[0]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
