import { readFile } from 'node:fs/promises';

/**
 * Text of a file under `/proc` or `/sys`; undefined where it is not there or may not be read: kernels, cgroup versions
 * and rights differ, and processes end. @throws the reason of the signal.
 */
export async function readKernelFile(path: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', signal });
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
