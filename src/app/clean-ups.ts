import type { Logger } from '../engine/ports/runtime.ts';

export interface CleanUps {
  /** Called with what was just opened; `run` closes in reverse order. */
  push(name: string, close: () => Promise<void> | void, limitMs?: number): void;
  /** Closes everything, each with its own time limit and all within `withinMs`; what fails or hangs is logged and left behind. */
  run(withinMs?: number): Promise<void>;
}

interface Opened {
  readonly name: string;
  readonly close: () => Promise<void> | void;
  readonly limitMs: number;
}

const LIMIT_MS = 3000;
/** Somebody who stops perfbot waits 10 s; then it is killed. */
const ALL_WITHIN_MS = 9000;
/** What each of those that come later gets at least, whoever hangs before. */
const SHARE_MS = 250;

/** What opens, closes: the list of what has to be closed, last opened first. */
export function createCleanUps(log: Logger): CleanUps {
  const open: Opened[] = [];
  return {
    push(name, close, limitMs = LIMIT_MS) {
      open.push({ name, close, limitMs });
    },
    async run(withinMs = ALL_WITHIN_MS) {
      const end = performance.now() + withinMs;
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const leftMs = end - performance.now() - open.length * SHARE_MS;
        await closeWithin({ ...next, limitMs: Math.max(SHARE_MS, Math.min(next.limitMs, leftMs)) }, log);
      }
    },
  };
}

async function closeWithin({ name, close, limitMs }: Opened, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    const result = await Promise.race([close(), late]);
    if (result === 'late') log.warn({ name, limitMs }, 'did not close in time');
  } catch (error) {
    log.warn({ err: error, name }, 'failed to close');
  } finally {
    clearTimeout(timer);
  }
}
