import type { DockerClient } from './client.ts';
import { type LogLine, parseLogStream } from './log-frames.ts';
import type { ContainerDetails } from './schemas.ts';

const MAX_BYTES = 5 * 1024 * 1024;

export interface ReadLog {
  readonly lines: readonly LogLine[];
  /** True when older lines exist in the span that were not read. */
  readonly partial: boolean;
}

/**
 * Reads the newest lines of a container's log, at most `tail` and 5 MB. The engine sends the oldest of them first, so an
 * answer over the cap is asked for again, shorter.
 */
export async function readNewestLines(
  docker: Pick<DockerClient, 'logs'>,
  { Id, Config }: ContainerDetails,
  { since, tail, signal }: { readonly since: number; readonly tail: number; readonly signal: AbortSignal },
): Promise<ReadLog> {
  for (let wanted = tail; ; wanted = Math.floor(wanted / 4)) {
    const { body, truncated } = await docker.logs(Id, { since, tail: wanted, maxBytes: MAX_BYTES }, signal);
    const lines = parseLogStream(body, Config.Tty === true);
    if (!truncated || wanted < 4) return { lines, partial: wanted < tail || lines.length >= tail };
  }
}
