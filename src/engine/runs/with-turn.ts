import { setTimeout as pause } from 'node:timers/promises';
import { PerfbotError } from '../../core/errors.ts';
import type { Turn, Turns } from '../ports/turns.ts';

const ASK_EVERY_MS = 250;
/** Work that does not end with its signal keeps the turn for so long: probes have half a second to stop. */
const LAST_WORDS_MS = 2000;

/** Waits for the turn at a target; undefined when somebody else has it all the while. */
export async function waitForTurn(
  turns: Turns,
  targetId: string,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<Turn | undefined> {
  for (let waitedMs = 0; ; waitedMs += ASK_EVERY_MS) {
    const turn = await turns.take(targetId);
    if (turn !== undefined && !signal.aborted) return turn;
    await turn?.release();
    signal.throwIfAborted();
    if (waitedMs + ASK_EVERY_MS > withinMs) return undefined;
    await pause(ASK_EVERY_MS, undefined, { signal });
  }
}

/**
 * Does heavy work when it is its turn at the target. Half of the time that it has may go by with waiting.
 * @throws PerfbotError `overloaded` when somebody else had the turn all the while.
 */
export async function withTurn<T>(
  turns: Turns,
  call: { readonly targetId: string; readonly timeoutMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { targetId, timeoutMs, signal } = call;
  const turn = await waitForTurn(turns, targetId, { withinMs: timeoutMs / 2, signal });
  if (turn === undefined) throw busy(targetId);
  let lastWords: NodeJS.Timeout | undefined;
  const late = () => {
    lastWords = setTimeout(() => void turn.release(), LAST_WORDS_MS).unref();
  };
  signal.addEventListener('abort', late, { once: true });
  try {
    return await work(AbortSignal.any([signal, turn.lost]));
  } finally {
    signal.removeEventListener('abort', late);
    clearTimeout(lastWords);
    await turn.release();
  }
}

function busy(targetId: string): PerfbotError {
  return new PerfbotError('overloaded', `somebody else has the turn at ${targetId}`, {
    userMessage:
      'Another run is looking: a heavy probe or a load test was at this target all the while, and they take turns.',
    mend: 'Run it again when the other one has ended.',
  });
}
