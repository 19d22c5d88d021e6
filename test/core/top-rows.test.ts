import { describe, expect, it } from 'vitest';
import { rowsOutOf, topRows } from '../../src/core/top-rows.ts';

describe('topRows', () => {
  it.each([
    [0, { rows: [], omittedRows: 3 }],
    [
      2,
      {
        rows: [
          ['a', 0],
          ['b', 1],
        ],
        omittedRows: 1,
      },
    ],
    [
      3,
      {
        rows: [
          ['a', 0],
          ['b', 1],
          ['c', 2],
        ],
      },
    ],
    [
      9,
      {
        rows: [
          ['a', 0],
          ['b', 1],
          ['c', 2],
        ],
      },
    ],
  ])('the first %i of three', (most, expected) => {
    expect(topRows(['a', 'b', 'c'], most, (item, index) => [item, index])).toStrictEqual(expected);
  });
});

describe('rowsOutOf', () => {
  it('counts what was not chosen', () => {
    expect(rowsOutOf(5, [['a'], ['b']])).toStrictEqual({ rows: [['a'], ['b']], omittedRows: 3 });
    expect(rowsOutOf(2, [['a'], ['b']])).toStrictEqual({ rows: [['a'], ['b']] });
  });
});
