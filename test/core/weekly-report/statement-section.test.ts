import { describe, expect, it } from 'vitest';
import { HIDDEN, OTHERS } from '../../../src/core/monitor/statement-deltas.ts';
import type { StatementWeek } from '../../../src/core/weekly-report/rank-statements.ts';
import { statementSection } from '../../../src/core/weekly-report/statement-section.ts';

const WEEK = { from: 1000, to: 2000 };
const FULL = 168;
const MINUTE = 60_000;

type Done = readonly [calls: number, totalMs: number];

function statement(
  queryid: string,
  now: Done,
  before: Done,
  more: Partial<StatementWeek> = {},
): StatementWeek {
  const span = ([calls, totalMs]: Done) => ({ calls, totalMs, hours: FULL });
  return {
    target: 'postgres:db',
    service: 'db',
    database: 'shop',
    queryid,
    query: `select ${queryid}`,
    firstSeenAt: 10,
    rows: now[0] * 3,
    now: span(now),
    before: span(before),
    ...more,
  };
}
const others = (totalMs: number, more: Partial<StatementWeek> = {}) =>
  statement(OTHERS, [1, totalMs], [1, totalMs], more);

describe('the statements of a week', () => {
  it('are told by their time, with share, mean and change', () => {
    const { tables, charts, remarks } = statementSection(
      [
        others(10 * MINUTE),
        statement('a', [100, 30 * MINUTE], [100, 30 * MINUTE]),
        statement('b', [1000, 40 * MINUTE], [1000, 10 * MINUTE]),
        statement('c', [10, 20 * MINUTE], [0, 0], { firstSeenAt: 1500 }),
      ],
      WEEK,
    );
    expect(tables[0]?.rows).toEqual([
      ['db', '40 min', '40 %', '×4', '2.4 s', '600 ms', '1,000', '3', 'select b'],
      ['db', '30 min', '30 %', 'same', '18 s', '18 s', '100', '3', 'select a'],
      ['db', '20 min', '20 %', 'new', '2 min', null, '10', '3', 'select c'],
    ]);
    expect(remarks.map(({ kind, text }) => [kind, text])).toEqual([
      ['worse', 'Statement takes 40 min of the time of db (×4; mean 2.4 s, last week mean 600 ms): select b'],
      ['worse', 'New statement takes 20 % of the time of db, mean 2 min: select c'],
    ]);
    expect(charts[0]).toMatchObject({
      title: 'Time of statements in the week: the first takes 40 % of db',
      bars: [{ emphasis: true }, { emphasis: false }, { emphasis: true }],
    });
  });

  it('compares times an hour, so that a week that was half measured is not half as good', () => {
    const half = { hours: FULL / 2, calls: 50 };
    const { tables } = statementSection(
      [
        others(1, { before: { ...half, totalMs: 1 } }),
        statement('a', [100, 20 * MINUTE], [0, 0], { before: { ...half, totalMs: 10 * MINUTE } }),
      ],
      WEEK,
    );
    expect(tables[0]?.rows[0]?.[3]).toBe('same');
  });

  const changes: readonly [string, Partial<StatementWeek>, Partial<StatementWeek>, string][] = [
    ['a day of history is needed', {}, { before: { hours: 5, calls: 1, totalMs: 1 } }, 'too little history'],
    ['what is there from the first look on is not new', { firstSeenAt: 1200 }, { firstSeenAt: 1200 }, 'same'],
    [
      'kept before, not last week',
      { before: { hours: 0, calls: 0, totalMs: 0 } },
      {},
      'not among the first last week',
    ],
  ];
  it.each(changes)('%s', (_name, own, rest, expected) => {
    const { tables, remarks } = statementSection(
      [others(1, rest), statement('a', [10, MINUTE], [10, MINUTE], own)],
      WEEK,
    );
    expect(tables[0]?.rows[0]?.[3]).toBe(expected);
    expect(remarks).toEqual([]);
  });

  it('praises what became much faster', () => {
    const { remarks } = statementSection(
      [others(MINUTE), statement('a', [100, MINUTE], [100, 10 * MINUTE])],
      WEEK,
    );
    expect(remarks).toMatchObject([{ kind: 'better', severity: 'ok' }]);
  });

  it('says when statements are hidden, and when there are none', () => {
    const hidden = statementSection(
      [others(1), statement(HIDDEN, [1, 5], [1, 5], { query: undefined })],
      WEEK,
    );
    expect(hidden.tables[0]?.rows[0]?.[8]).toContain('hidden');
    expect(hidden.unavailable).toMatchObject([
      { service: 'db', mend: expect.stringContaining('pg_monitor') },
    ]);
    expect(statementSection([others(1)], WEEK).unavailable).toMatchObject([
      { probe: 'statements', mend: expect.stringContaining('CREATE EXTENSION') },
    ]);
  });
});
