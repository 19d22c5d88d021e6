import { expect, it } from 'vitest';
import { createAnswerCache } from '../../../src/probes/prometheus/answer-cache.ts';

const MINUTE = 60_000;

/** Asks at several minutes; answers how often it had to be found out. */
async function asked(answer: () => number, minutes: readonly number[], maxAgeMs = 10 * MINUTE) {
  let found = 0;
  const cached = createAnswerCache<number>((one) => one === 0);
  for (const minute of minutes) {
    const question = { key: 'api', at: minute * MINUTE, maxAgeMs };
    await cached(question, async () => {
      found += 1;
      return answer();
    }).catch(() => undefined);
  }
  return found;
}

it.each([
  ['an answer for as long as asked', (): number => 5, [0, 0.5, 9.9, 10, 19], undefined, 2],
  ['an empty answer for a minute', (): number => 0, [0, 0.5, 1, 1.9, 2], undefined, 3],
  ['nothing where nothing may be old', (): number => 5, [0, 0, 0], 0, 3],
  [
    'no failure',
    (): number => {
      throw new Error('away');
    },
    [0, 0.1],
    undefined,
    2,
  ],
] as const)('keeps %s', async (_name, answer, minutes, maxAge, times) => {
  expect(await asked(answer, minutes, maxAge)).toBe(times);
});

it('keeps the questions apart', async () => {
  const cached = createAnswerCache<string>(() => false);
  const ask = (key: string) => cached({ key, at: 0, maxAgeMs: 1 }, async () => `of ${key}`);
  expect([await ask('a'), await ask('b'), await ask('a')]).toEqual(['of a', 'of b', 'of a']);
});
