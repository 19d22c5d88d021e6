import { PerfbotError } from '../core/errors.ts';

/** The result of `work`, or a `timeout` error when it takes longer than `ms`. The work itself goes on unobserved. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new PerfbotError('timeout', `no answer within ${ms} ms`, {
            userMessage: `no answer within ${ms} ms`,
          }),
        ),
      ms,
    );
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
