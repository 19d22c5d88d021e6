import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import { pause } from '../pause.ts';
import type { RedisReader } from './reader.ts';

/** A key and the bytes that it takes. */
export interface SeenKey {
  readonly key: Buffer;
  readonly bytes: number;
}

export interface KeyWalk {
  readonly keys: readonly SeenKey[];
  /** True when the walk came to the end of the key space. */
  readonly complete: boolean;
}

interface WalkLimits {
  readonly maxKeys: number;
  readonly budgetMs: number;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

const Step = z.tuple([z.coerce.string(), z.array(z.instanceof(Buffer))]);

/** Keys per step of SCAN. */
const STEP = 500;

/** Between two steps everybody else gets their turn. */
const PAUSE_MS = 1;

/** Walks the key space step by step until its end, the most keys or the time is reached. */
export async function walkKeys(reader: RedisReader, limits: WalkLimits): Promise<KeyWalk> {
  const { maxKeys, budgetMs, now, signal } = limits;
  const end = now() + budgetMs;
  const seen = new Map<string, SeenKey>();
  let cursor = '0';
  do {
    signal.throwIfAborted();
    const [next, found] = parseStep(await reader.scan(cursor, STEP));
    // SCAN may show a key twice.
    const fresh = found.filter((key) => !seen.has(key.toString('latin1')));
    const sizes = await reader.memoryUsage(fresh);
    fresh.forEach((key, index) => {
      const bytes = sizes[index];
      if (typeof bytes === 'number') seen.set(key.toString('latin1'), { key, bytes });
    });
    cursor = next;
    if (cursor !== '0') await pause(PAUSE_MS, signal);
  } while (cursor !== '0' && seen.size < maxKeys && now() < end);
  return { keys: [...seen.values()], complete: cursor === '0' };
}

/** Asks about keys step by step; the answers are numbers, or null for a key that is gone. */
export async function askInSteps(
  keys: readonly Buffer[],
  ask: (keys: readonly Buffer[]) => Promise<readonly unknown[]>,
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  const answers: (number | null)[] = [];
  for (let from = 0; from < keys.length; from += STEP) {
    signal.throwIfAborted();
    for (const answer of await ask(keys.slice(from, from + STEP)))
      answers.push(typeof answer === 'number' ? answer : null);
    if (from + STEP < keys.length) await pause(PAUSE_MS, signal);
  }
  return answers;
}

function parseStep(answer: unknown): z.infer<typeof Step> {
  const parsed = Step.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ProbeError('invalid_response', 'SCAN answered in an unexpected form', {
    userMessage: 'Redis answered SCAN in an unexpected form.',
  });
}
