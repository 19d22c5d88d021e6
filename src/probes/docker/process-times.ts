import { join } from 'node:path';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { readKernelFile } from '../kernel-file.ts';
import type { ContainerTop } from './schemas.ts';

/** One process of a container. `cpuMs` counts from its start. */
export interface ProcessSample {
  readonly pid: number;
  readonly user: string;
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly command: string;
}

/** The columns of `PS_ARGUMENTS` in their order; the command comes last because it may hold blanks. */
export const PS_ARGUMENTS = '-eo pid,ppid,user,rss,cputimes,args';
const COLUMNS = 6;
/** `USER_HZ`: the kernel reports process times in hundredths of a second on every common platform. */
const MS_PER_TICK = 10;

const Row = z.tuple([
  z.coerce.number(),
  z.coerce.number(),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
  z.string(),
]);

/** Reads the answer of `top`; `cputimes` has whole seconds. */
export function parseTop({ Titles, Processes }: ContainerTop): readonly ProcessSample[] {
  if (Titles.length !== COLUMNS) {
    throw new ProbeError('invalid_response', `docker top answered columns ${Titles.join(' ')}`, {
      userMessage: 'ps on the Docker host does not know the columns that perfbot asks for.',
      mend: 'install procps on the Docker host (busybox ps is not enough)',
    });
  }
  return Processes.flatMap((cells) => {
    const row = Row.safeParse(cells);
    if (!row.success) return [];
    const [pid, , user, rssKb, cpuSeconds, command] = row.data;
    return [{ pid, user, rssBytes: rssKb * 1024, cpuMs: cpuSeconds * 1000, command }];
  });
}

/** CPU time of a process in ms from `/proc/<pid>/stat`, or undefined when that is not there. */
export async function readCpuMs(
  procRoot: string,
  pid: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const text = await readKernelFile(join(procRoot, String(pid), 'stat'), signal);
  return text === undefined ? undefined : parseProcStat(text);
}

/** `utime` and `stime` (fields 14 and 15 of proc(5)) in ms; the name in parentheses may hold blanks. */
export function parseProcStat(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * MS_PER_TICK : undefined;
}

/** True when `pid` of this machine belongs to the container, that is when perfbot sees the pids that Docker speaks of. */
export async function sharesPids(
  procRoot: string,
  pid: number,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  const text = await readKernelFile(join(procRoot, String(pid), 'cgroup'), signal);
  return text?.includes(container) ?? false;
}
