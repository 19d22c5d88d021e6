import { expect, it } from 'vitest';
import { createLastLooks } from '../../src/probes/last-looks.ts';

it('keeps the last look at each target until it is too old', () => {
  const looks = createLastLooks<{ readonly at: number; readonly count: number }>(100);
  expect(looks.recent('a', 0)).toBeUndefined();
  looks.keep('a', { at: 0, count: 1 });
  looks.keep('b', { at: 60, count: 7 });
  expect(looks.recent('a', 100)).toEqual({ at: 0, count: 1 });
  expect(looks.recent('a', 101)).toBeUndefined();
  looks.keep('b', { at: 150, count: 9 });
  expect(looks.recent('b', 150)).toEqual({ at: 150, count: 9 });
  // Nobody looked at it for too long: it is not even kept.
  expect(looks.recent('a', 50)).toBeUndefined();
});
