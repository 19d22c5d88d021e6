/** Handles items in batches, one batch at a time. */
export interface Batches<T> {
  add(item: T): void;
  /** Handles what is left, also nothing, and answers the sum. @throws the first failure of any batch. */
  end(): Promise<number>;
}

/** What is added is handled together with what comes within `everyMs` after it. */
export function inBatches<T>(everyMs: number, handle: (items: readonly T[]) => Promise<number>): Batches<T> {
  let waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sum = 0;
  const failures: unknown[] = [];
  let last = Promise.resolve();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    last = last.then(async () => {
      // One batch that fails takes no other with it.
      sum += await handle(batch).catch((error: unknown) => {
        failures.push(error);
        return 0;
      });
    });
  };
  return {
    add(item) {
      waiting.push(item);
      timer ??= setTimeout(flush, everyMs);
    },
    async end() {
      flush();
      await last;
      if (failures.length > 0) throw failures[0];
      return sum;
    },
  };
}
