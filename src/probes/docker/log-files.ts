import { stat } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { DockerClient } from './client.ts';
import { containerName } from './container-name.ts';
import { isGone } from './gap.ts';
import type { ContainerDetails, ContainerSummary } from './schemas.ts';

const MAX_CONTAINERS = 100;
const PARALLEL_CALLS = 4;
/** Drivers whose files grow without end unless they are told a size; `local` rotates by itself. */
const UNBOUNDED_DRIVER = 'json-file';

/** The log of one container, on the disk of the machine. */
export interface LogFile {
  readonly container: string;
  readonly path: string;
  readonly bytes: number;
  /** `10m × 3`, or `none`: then it grows without end. */
  readonly rotation: string;
}

/** The log files of all containers that can be seen from here; those of another machine or user are left out. */
export async function readLogFiles(
  docker: Pick<DockerClient, 'containers' | 'inspect'>,
  signal: AbortSignal,
): Promise<readonly LogFile[]> {
  const containers = (await docker.containers(signal)).slice(0, MAX_CONTAINERS);
  const parallel = pLimit(PARALLEL_CALLS);
  const files = await Promise.all(
    containers.map((container) => parallel(() => readLogFile(docker, container, signal))),
  );
  return files.filter((file) => file !== undefined);
}

/** The size of a file now, or undefined. Files that were rotated away are not counted: the engine limits them itself. */
export async function sizeNow(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function readLogFile(
  docker: Pick<DockerClient, 'inspect'>,
  container: ContainerSummary,
  signal: AbortSignal,
): Promise<LogFile | undefined> {
  try {
    const details = await docker.inspect(container.Id, signal);
    const bytes = details.LogPath ? await sizeNow(details.LogPath) : undefined;
    if (!details.LogPath || bytes === undefined) return undefined;
    const rotation = rotationOf(details);
    return { container: containerName(container), path: details.LogPath, bytes, rotation };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function rotationOf({ HostConfig }: ContainerDetails): string {
  const { Type, Config } = HostConfig.LogConfig ?? { Type: '' };
  const size = Config?.['max-size'];
  if (size !== undefined) return `${size} × ${Config?.['max-file'] ?? '1'}`;
  return Type === UNBOUNDED_DRIVER ? 'none' : `by the driver ${Type}`;
}
