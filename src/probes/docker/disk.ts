import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import type { DockerClient } from './client.ts';
import { type FileSystem, type GrownLog, toDiskObservation } from './disk-observation.ts';
import { type LogFile, readLogFiles, sizeNow } from './log-files.ts';
import type { EngineInfo } from './schemas.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(15_000))
    .default(2000)
    .describe(
      'time over which the growth of logs is measured, unless the engine takes longer to add up the rest',
    ),
});

export interface DockerDiskOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'info' | 'diskUsage'>;
  /** Name of the machine that perfbot runs on: the disk of an engine elsewhere cannot be seen. */
  readonly machine?: string;
}

/** What Docker takes of the disk: images, writable layers, volumes, build cache and logs, and what of it nothing uses. */
export function dockerDiskProbe({
  docker,
  machine = hostname(),
}: DockerDiskOptions): Probe<'engine', z.infer<typeof Params>> {
  return {
    name: 'docker.disk',
    title: 'Disk that Docker takes',
    targetKind: 'engine',
    // The engine walks through every layer and volume: seconds, on large machines a minute.
    cost: 'moderate',
    timeoutMs: 30_000,
    params: Params,
    async collect({ params, signal, now }) {
      const info = await docker.info(signal);
      const logsBefore = await readLogFiles(docker, signal);
      const startedAt = now();
      const [usage] = await Promise.all([docker.diskUsage(signal), pause(params.window, signal)]);
      const windowMs = now() - startedAt;
      return toDiskObservation({
        usage,
        logs: await grown(logsBefore, windowMs),
        fileSystem: await readFileSystem(info, machine),
        rootDirectory: info.DockerRootDir ?? undefined,
        windowMs,
      });
    },
  };
}

async function grown(files: readonly LogFile[], windowMs: number): Promise<readonly GrownLog[]> {
  return Promise.all(
    files.map(async (file) => {
      const bytes = (await sizeNow(file.path)) ?? file.bytes;
      // A file that was rotated in between is smaller: how fast it grows is not known.
      const isKnown = bytes >= file.bytes && windowMs > 0;
      return {
        ...file,
        bytes,
        bytesPerSecond: isKnown ? ((bytes - file.bytes) * 1000) / windowMs : undefined,
      };
    }),
  );
}

/** The file system that holds the data of the engine, when it is the one of this machine. */
async function readFileSystem(
  { Name, DockerRootDir }: EngineInfo,
  machine: string,
): Promise<FileSystem | undefined> {
  if (Name !== machine || !DockerRootDir) return undefined;
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(DockerRootDir);
    const used = blocks - bfree;
    // As df: blocks kept for root are not there for anybody else.
    return { totalBytes: blocks * bsize, usedRatio: used / Math.max(1, used + bavail) };
  } catch {
    return undefined;
  }
}
