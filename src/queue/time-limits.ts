import { setTimeout as pause } from 'node:timers/promises';
import { PerfbotError } from '../core/errors.ts';
import { withDeadline } from '../engine/deadline.ts';

/** A call that takes longer fails, so that whoever waits for it gets an answer. */
const ANSWER_WITHIN_MS = 3000;
const READY_PAUSE_MS = 250;

/** Waits until the server of the queue answers. @throws PerfbotError `unreachable` after `withinMs`. */
export async function untilReady(prepare: () => Promise<void>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await within(prepare);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(READY_PAUSE_MS);
    }
  }
}

/** True when the work came to an end in time, well or badly. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = pause(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([ended, late]);
  } finally {
    timer.abort();
  }
}

/** One call to the server of the queue. @throws PerfbotError `unreachable` when it fails or takes longer than 3 s. */
export async function within<T>(work: () => Promise<T>): Promise<void> {
  try {
    await withDeadline(ANSWER_WITHIN_MS, new AbortController().signal, work);
  } catch (cause) {
    throw new PerfbotError('unreachable', 'the queue does not answer', {
      userMessage: 'The queue does not answer.',
      mend: 'Check that Redis (REDIS_URL) or PostgreSQL (DATABASE_URL) runs.',
      cause,
    });
  }
}
