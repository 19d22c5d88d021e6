import type { Logger } from '../engine/ports/runtime.ts';

export interface CleanUps {
  /** Called with what was just opened; `run` closes in reverse order. */
  push(name: string, close: () => Promise<void> | void, limitMs?: number): void;
  /** Closes everything, each with its own time limit; what fails or hangs is logged and left behind. */
  run(): Promise<void>;
}

const LIMIT_MS = 3000;

/** What opens, closes: the list of what has to be closed, last opened first. */
export function createCleanUps(log: Logger): CleanUps {
  const open: { name: string; close: () => Promise<void> | void; limitMs: number }[] = [];
  return {
    push(name, close, limitMs = LIMIT_MS) {
      open.push({ name, close, limitMs });
    },
    async run() {
      for (let next = open.pop(); next !== undefined; next = open.pop()) await closeWithin(next, log);
    },
  };
}

async function closeWithin(
  { name, close, limitMs }: { name: string; close: () => Promise<void> | void; limitMs: number },
  log: Logger,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    const result = await Promise.race([Promise.resolve(close()), late]);
    if (result === 'late') log.warn({ name, limitMs }, 'did not close in time');
  } catch (error) {
    log.warn({ err: error, name }, 'failed to close');
  } finally {
    clearTimeout(timer);
  }
}
