import { describe, expect, it } from 'vitest';
import { baselineTable, baselineVerdict, rankBaselines } from '../../../src/core/monitor/baseline-table.ts';
import { changeText } from '../../../src/core/monitor/change-size.ts';
import {
  type PeriodChange,
  rankChanges,
  trendTable,
  trendVerdict,
} from '../../../src/core/monitor/trends.ts';

function change(
  service: string,
  before: number | undefined,
  now: number,
  more: Partial<PeriodChange> = {},
): PeriodChange {
  return {
    target: `container:${service}`,
    metric: 'cpu_ratio',
    service,
    unit: 'ratio',
    before,
    now,
    hoursBefore: before === undefined ? 0 : 168,
    hoursNow: 168,
    ...more,
  };
}

describe('trends', () => {
  it('puts the biggest changes first and what cannot be compared last', () => {
    const ranked = rankChanges([
      change('new', undefined, 0.9),
      change('tiny', 0.001, 0.004),
      change('doubled', 0.3, 0.6, { usual: 0.35 }),
      change('dropped', 0.5, 0.1),
      change('slow', 200, 900, { metric: 'response_time_p50_ms', unit: 'ms' }),
    ]);
    expect(ranked.map(({ service }) => service)).toEqual(['slow', 'doubled', 'dropped', 'tiny', 'new']);
    expect(trendVerdict(ranked, '7 days')).toBe(
      'Biggest change in the last 7 days: Response time p50 of slow 200 ms to 900 ms (×4.5); 2 more changed.',
    );
    expect(trendTable(ranked, '7 days').rows[1]?.slice(2, 5)).toEqual(['60 %', '30 %', '35 %']);
    expect(trendTable(ranked, '7 days').rows[4]).toEqual([
      'new',
      'CPU',
      '90 %',
      null,
      'not enough history',
      'not enough history',
      '168 h, before 0 h',
    ]);
  });

  it.each([
    [[], 'Nothing has been measured for an hour yet.'],
    [[change('a', 0.5, 0.51)], 'Nothing changed much in the last 7 days.'],
    [
      [change('a', 0.5, 0.9, { hoursBefore: 23 })],
      'Not enough history to compare: the 7 days before need at least a day of values; measured so far 7 d.',
    ],
  ])('says so when there is nothing to say', (changes, verdict) => {
    expect(trendVerdict(rankChanges(changes), '7 days')).toBe(verdict);
  });

  it.each([
    [0.2, 0.35, 'ratio', '+15 points'],
    [0.2, 0.155, 'ratio', '-4.5 points'],
    [100, 130, 'ms', '+30 %'],
    [100, 400, 'ms', '×4'],
    [100, 20, 'ms', '-80 %'],
    [0, 5, 'count', 'new'],
    [0, 0, 'count', 'same'],
  ] as const)('writes %d to %d %s as %s', (before, now, unit, text) => {
    expect(changeText(before, now, unit)).toBe(text);
  });
});

describe('usual values', () => {
  const base = { target: 't', metric: 'cpu_ratio', service: 'api', unit: 'ratio' } as const;
  const usual = { slot: 14, median: 0.3, mad: 0.02, points: 36, weeks: 3 };

  it('put what is furthest from usual first, and never make one up', () => {
    const ranked = rankBaselines([
      { ...base, service: 'young', usual: undefined, now: 0.9 },
      { ...base, service: 'calm', usual, now: 0.31 },
      { ...base, service: 'busy', usual: { ...usual, slot: -1, points: 24 }, now: 0.8 },
    ]);
    expect(baselineTable(ranked).rows).toEqual([
      ['busy', 'CPU', '30 %', '24.1 % – 35.9 %', '80 % (+50 points)', 'all hours, 2 h'],
      ['calm', 'CPU', '30 %', '24.1 % – 35.9 %', '31 % (+1 points)', 'Monday 14:00, 3 weeks'],
      ['young', 'CPU', 'not enough history', null, '90 %', null],
    ]);
    expect(baselineVerdict(ranked)).toBe(
      'Furthest from usual: CPU of busy 80 %, usually 30 %. 1 of 3 metrics have not enough history yet.',
    );
  });

  it.each([
    [[], 'Nothing has been measured yet.'],
    [
      [{ ...base, usual: undefined, now: 0.5 }],
      'Not enough history yet: the first usual values need an hour of measurements.',
    ],
    [[{ ...base, usual, now: 0.3 }], 'All 1 known metrics are as usual.'],
  ])('say when there is nothing to say', (lines, verdict) => {
    expect(baselineVerdict(rankBaselines(lines))).toBe(verdict);
  });
});
