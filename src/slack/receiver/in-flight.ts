/** Counts work that is under way, so that a stop can wait for it. */
export interface InFlight {
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing is under way, or after `timeoutMs` with how much still is. */
  drain(timeoutMs: number): Promise<number>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();
  return {
    track(work) {
      running.add(work);
      const done = () => void running.delete(work);
      work.then(done, done);
      return work;
    },
    async drain(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const expired = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      const idle = async () => {
        while (running.size > 0) await Promise.allSettled([...running]);
      };
      await Promise.race([idle(), expired]);
      clearTimeout(timer);
      return running.size;
    },
  };
}
