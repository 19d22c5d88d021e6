import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { pause } from '../pause.ts';
import { type ProcFiles, readUptimeSeconds } from './proc-files.ts';

/** Parameters of a probe that samples twice: `window: 2s`, also as milliseconds; 0.2 s to 30 s. */
export const WindowParams = z.strictObject({
  window: Milliseconds.pipe(z.number().min(200).max(30_000))
    .default(2000)
    .describe('time between the two samples, for example 2s'),
});
export type WindowParams = z.infer<typeof WindowParams>;

/** Two samples and the seconds between them, by the kernel's own clock. */
export interface Sampled<T> {
  readonly before: T;
  readonly after: T;
  readonly seconds: number;
}

/** Reads, waits, reads again. @throws ProbeError `unsupported` where there is no /proc; the reason of the signal. */
export async function sampleTwice<T>(options: {
  readonly proc: ProcFiles;
  readonly windowMs: number;
  readonly signal: AbortSignal;
  readonly read: () => Promise<T>;
  /** Called between the samples, for a finer series. */
  readonly during?: () => Promise<void>;
}): Promise<Sampled<T>> {
  const { proc, windowMs, signal, read, during } = options;
  signal.throwIfAborted();
  const startedAt = await readUptimeSeconds(proc);
  const before = await read();
  const slices = during ? Math.min(8, Math.floor(windowMs / 200)) : 1;
  for (let slice = 0; slice < slices; slice += 1) {
    await pause(windowMs / slices, signal);
    if (slice < slices - 1) await during?.();
  }
  const after = await read();
  const endedAt = await readUptimeSeconds(proc);
  if (startedAt === undefined || endedAt === undefined) {
    throw new ProbeError('unsupported', 'no readable uptime in /proc', {
      userMessage: 'This machine has no readable /proc/uptime.',
      mend: 'run perfbot on Linux, or mount the host /proc',
    });
  }
  return { before, after, seconds: Math.max(0.01, endedAt - startedAt) };
}
