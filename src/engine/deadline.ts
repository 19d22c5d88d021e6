import { setMaxListeners } from 'node:events';
import { PerfbotError } from '../core/errors.ts';

/**
 * Runs `work` with a signal that aborts after `timeoutMs` or when `parent` aborts. Settles at the deadline even if
 * `work` ignores its signal. Not `AbortSignal.timeout()`: its timer does not keep the process alive and cannot be cleared.
 * @throws PerfbotError `timeout` at the deadline; the reason of `parent` when that aborts first.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const controller = new AbortController();
  // A run hands its signal to all of its probes; that many listeners are no leak.
  setMaxListeners(0, controller.signal);
  const { promise: aborted, reject } = deferred();
  controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  const onParentAbort = () => controller.abort(parent.reason);
  parent.addEventListener('abort', onParentAbort, { once: true });
  const timer = setTimeout(() => {
    controller.abort(
      new PerfbotError('timeout', `no result after ${timeoutMs} ms`, {
        userMessage: `No answer within ${timeoutMs / 1000} s.`,
      }),
    );
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    parent.removeEventListener('abort', onParentAbort);
  }
}

/** `Promise.withResolvers` for Node 20, for a promise that only rejects. */
function deferred(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  promise.catch(() => {}); // nobody may be waiting any more when it rejects
  return { promise, reject };
}
