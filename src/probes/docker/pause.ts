import { setTimeout as sleep } from 'node:timers/promises';
import { ProbeError } from '../../core/errors.ts';

/** Waits between two samples; throws a `ProbeError` at once when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw new ProbeError('cancelled', 'aborted between two samples', {
      userMessage: 'The measurement was cancelled or took too long.',
      cause,
    });
  }
}
