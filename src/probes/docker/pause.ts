import { setTimeout as sleep } from 'node:timers/promises';
import { abortError } from './errors.ts';

/** Waits between two samples; throws a `ProbeError` at once when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw abortError(signal, 'the pause between two samples');
  }
}
