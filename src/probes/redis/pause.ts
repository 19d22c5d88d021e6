import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between two samples; an abort ends it at once with an AbortError. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}
