import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readKernelFile } from '../../kernel-file.ts';

/** Reading a link costs a call for each: enough to tell connections from files, few enough to be quick. */
const MAX_LINKS = 500;

/** What the kernel knows of the descriptors of a process; undefined: it may not be read. */
export interface ProcessDescriptors {
  readonly pid: number;
  readonly openFiles: number | undefined;
  /** The soft limit, which is the one that counts. */
  readonly openFilesLimit: number | undefined;
  readonly threads: number | undefined;
  /** The letter of ps: `R` runs, `S` sleeps, `D` waits for a disk, `T` was stopped. */
  readonly state: string | undefined;
}

/** Reads the descriptors, limit, threads and state of a process; undefined when it has ended. */
export async function readDescriptors(
  procRoot: string,
  pid: number,
  signal: AbortSignal,
): Promise<ProcessDescriptors | undefined> {
  const directory = join(procRoot, String(pid));
  const [status, limits, openFiles] = await Promise.all([
    readKernelFile(join(directory, 'status'), signal),
    readKernelFile(join(directory, 'limits'), signal),
    countDescriptors(join(directory, 'fd')),
  ]);
  signal.throwIfAborted();
  if (status === undefined) return undefined;
  return {
    pid,
    openFiles,
    openFilesLimit: parseOpenFilesLimit(limits ?? ''),
    threads: numberAfter(status, 'Threads'),
    state: /^State:\s+(\w)/m.exec(status)?.[1],
  };
}

/** The soft limit of open files in `/proc/<pid>/limits`; undefined without one. */
export function parseOpenFilesLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** What the descriptors of a process are, most first: `52 sockets, 7 files`; undefined when they may not be read. */
export async function describeDescriptors(procRoot: string, pid: number): Promise<string | undefined> {
  const directory = join(procRoot, String(pid), 'fd');
  const names = await readdir(directory).catch(() => undefined);
  if (names === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const target of await Promise.all(names.slice(0, MAX_LINKS).map((name) => linkOf(directory, name)))) {
    const kind = kindOf(target);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const words = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  const rest = names.length > MAX_LINKS ? ` among the first ${MAX_LINKS}` : '';
  return `${words.join(', ')}${rest}`;
}

function linkOf(directory: string, name: string): Promise<string> {
  return readlink(join(directory, name)).catch(() => '');
}

function kindOf(target: string): string {
  if (target.startsWith('socket:')) return 'sockets';
  if (target.startsWith('pipe:')) return 'pipes';
  return target.startsWith('/') ? 'files' : 'others';
}

/** Since Linux 6.2 the size of the directory is their number, so that nothing has to be listed. */
async function countDescriptors(directory: string): Promise<number | undefined> {
  try {
    const { size } = await stat(directory);
    return size > 0 ? size : (await readdir(directory)).length;
  } catch {
    return undefined;
  }
}

function numberAfter(status: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];
  return value === undefined ? undefined : Number(value);
}
