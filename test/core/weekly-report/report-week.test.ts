import { describe, expect, it } from 'vitest';
import { reportWeek, startOfDay } from '../../../src/core/weekly-report/report-week.ts';

const HOUR = 60 * 60_000;
const week = (at: string, zone = 'UTC') => reportWeek(Date.parse(at), zone);
const iso = (at: number) => new Date(at).toISOString();

describe('reportWeek', () => {
  it.each([
    [
      'a Monday: the week before',
      '2026-11-23T10:00:00Z',
      '2026-11-16',
      '2026-11-23',
      'week 47, 16 to 22 November',
    ],
    [
      'a Thursday: still the week before',
      '2026-11-26T23:59:00Z',
      '2026-11-16',
      '2026-11-23',
      'week 47, 16 to 22 November',
    ],
    [
      'the first week of a year',
      '2027-01-11T10:00:00Z',
      '2027-01-04',
      '2027-01-11',
      'week 1, 4 to 10 January',
    ],
    [
      'a week in two years',
      '2027-01-04T10:00:00Z',
      '2026-12-28',
      '2027-01-04',
      'week 53, 28 December to 3 January',
    ],
  ])('%s', (_name, at, from, to, title) => {
    const found = week(at);
    expect([iso(found.from), iso(found.to), found.title, found.complete]).toEqual([
      `${from}T00:00:00.000Z`,
      `${to}T00:00:00.000Z`,
      title,
      true,
    ]);
    expect(found.before).toEqual({ from: found.from - 7 * 24 * HOUR, to: found.from });
  });

  it('is about the week that goes on from Friday on, against the same part of the last', () => {
    const found = week('2026-11-27T16:00:00Z');
    expect(iso(found.from)).toBe('2026-11-23T00:00:00.000Z');
    expect(iso(found.to)).toBe('2026-11-27T16:00:00.000Z');
    expect(found).toMatchObject({ complete: false, title: 'week 48, 23 to 27 November' });
    expect(found.before.to - found.before.from).toBe(found.to - found.from);
    expect(iso(found.before.from)).toBe('2026-11-16T00:00:00.000Z');
  });

  it.each([
    // 25 October 2026: an hour twice. 29 March 2026: an hour never.
    ['Europe/Berlin', '2026-10-26T09:00:00Z', '2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 169],
    ['Europe/Berlin', '2026-03-30T09:00:00Z', '2026-03-22T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 167],
    ['America/New_York', '2026-11-02T15:00:00Z', '2026-10-26T04:00:00.000Z', '2026-11-02T05:00:00.000Z', 169],
    ['Asia/Kolkata', '2026-11-23T10:00:00Z', '2026-11-15T18:30:00.000Z', '2026-11-22T18:30:00.000Z', 168],
  ])('follows the clock of %s', (zone, at, from, to, hours) => {
    const found = week(at, zone);
    expect([iso(found.from), iso(found.to)]).toEqual([from, to]);
    expect((found.to - found.from) / HOUR).toBe(hours);
    expect(found.before.to).toBe(found.from);
  });

  it('finds the beginning of a day whose midnight is skipped', () => {
    // Lebanon puts its clocks forward at midnight: 29 March 2026 begins at 01:00, which is 22:00 UTC.
    expect(iso(startOfDay('2026-03-29', 'Asia/Beirut'))).toBe('2026-03-28T22:00:00.000Z');
  });
});
