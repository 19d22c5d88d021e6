import { describe, expect, it } from 'vitest';
import {
  OTHERS,
  type StatementSnapshot,
  type StatementTotals,
  statementDeltas,
} from '../../../src/core/monitor/statement-deltas.ts';

function totals(queryid: string, calls: number, totalMs: number, database = 'shop'): StatementTotals {
  return { database, queryid, calls, totalMs, rows: calls };
}
function snapshot(statements: readonly StatementTotals[], statsReset = 'monday'): StatementSnapshot {
  return { at: 0, statsReset, statements };
}

describe('what statements did between two looks', () => {
  const cases: readonly [string, StatementSnapshot, StatementSnapshot, readonly (readonly unknown[])[]][] = [
    [
      'is the difference',
      snapshot([totals('a', 10, 100)]),
      snapshot([totals('a', 15, 400)]),
      [
        ['a', 5, 300],
        [OTHERS, 0, 0],
      ],
    ],
    [
      'is all of what was not there before',
      snapshot([totals('a', 10, 100)]),
      snapshot([totals('a', 10, 100), totals('b', 2, 7)]),
      [
        ['b', 2, 7],
        [OTHERS, 0, 0],
      ],
    ],
    [
      'is what was counted since for an entry that was thrown away',
      snapshot([totals('a', 10, 100)]),
      snapshot([totals('a', 3, 30)]),
      [
        ['a', 3, 30],
        [OTHERS, 0, 0],
      ],
    ],
    [
      'is what was counted since a reset, also where the counters are higher again',
      snapshot([totals('a', 10, 100)]),
      snapshot([totals('a', 12, 130)], 'tuesday'),
      [
        ['a', 12, 130],
        [OTHERS, 0, 0],
      ],
    ],
    [
      'is told of the first, and of all others together',
      snapshot([]),
      snapshot([totals('a', 1, 1), totals('b', 1, 4), totals('c', 1, 2), totals('d', 1, 3)]),
      [
        ['b', 1, 4],
        ['d', 1, 3],
        [OTHERS, 2, 3],
      ],
    ],
    ['is nothing where there is no statement', snapshot([]), snapshot([]), []],
  ];
  it.each(cases)('%s', (_name, before, after, expected) => {
    const found = statementDeltas(before, after, 2);
    expect(found.map(({ queryid, calls, totalMs }) => [queryid, calls, totalMs])).toEqual(expected);
  });

  it('is told for each database, of which the same statement is another', () => {
    const found = statementDeltas(
      snapshot([totals('a', 1, 1)]),
      snapshot([totals('a', 2, 3), totals('a', 5, 9, 'audit')]),
      2,
    );
    expect(found.map(({ database, queryid, totalMs }) => [database, queryid, totalMs])).toEqual([
      ['audit', 'a', 9],
      ['audit', OTHERS, 0],
      ['shop', 'a', 2],
      ['shop', OTHERS, 0],
    ]);
  });
});
