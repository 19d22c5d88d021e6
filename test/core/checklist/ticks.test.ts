import { describe, expect, it } from 'vitest';
import { tickChanges, tickGroups } from '../../../src/core/checklist/ticks.ts';

describe('tickChanges', () => {
  it.each([
    ['a tick', [0, 1, 2], [], [1], [{ position: 1, checked: true }]],
    ['a tick taken away', [0, 1, 2], [0, 1], [0], [{ position: 1, checked: false }]],
    ['nothing', [0, 1], [1], [1], []],
    ['only what this element holds', [0, 1], [], [5], []],
    [
      'several at once',
      [0, 1, 2],
      [0],
      [1, 2],
      [
        { position: 0, checked: false },
        { position: 1, checked: true },
        { position: 2, checked: true },
      ],
    ],
  ])('finds %s', (_name, positions, before, after, changes) => {
    expect(tickChanges({ positions, before, after })).toEqual(changes);
  });
});

describe('tickGroups', () => {
  it.each([
    [0, []],
    [5, [5]],
    [10, [10]],
    [11, [10, 1]],
    [20, [10, 10]],
  ])('puts %i items into elements of %j', (count, sizes) => {
    const groups = tickGroups(count, 10);
    expect(groups.map(({ length }) => length)).toEqual(sizes);
    expect(groups.flat()).toEqual(Array.from({ length: count }, (_, index) => index));
  });
});
