import { describe, expect, it } from 'vitest';
import { baselineDue } from '../../../src/core/monitor/baseline-due.ts';
import { bandWords, usualCourse } from '../../../src/core/monitor/usual-course.ts';
import { usualValues } from '../../../src/core/monitor/usual-values.ts';
import { createWeekSlot, slotName } from '../../../src/core/monitor/week-slot.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Monday 2 November 2026, midnight UTC. */
const MONDAY = Date.UTC(2026, 10, 2);

/** 5-minute points of one hour of several weeks, busy from nine to five. */
function week(weeks: number, value: (at: number) => number = (at) => ((at % DAY) / HOUR >= 9 ? 100 : 10)) {
  return Array.from({ length: (weeks * WEEK) / (5 * MINUTE) }, (_, index) => {
    const at = MONDAY + index * 5 * MINUTE;
    return { at, value: value(at) + (index % 3) };
  });
}

const slotOf = createWeekSlot('UTC');

describe('usualValues', () => {
  it('knows the usual value of each hour of the week from three weeks on', () => {
    const values = usualValues(week(3), { incidents: [], slotOf });
    expect(values).toHaveLength(169);
    expect(values.find(({ slot }) => slot === 3)).toMatchObject({ median: 11, weeks: 3, points: 36 });
    expect(values.find(({ slot }) => slot === 12)).toMatchObject({ median: 101, mad: 1 });
  });

  it('has not enough history for an hour of the week before, nor for anything in the first hour', () => {
    expect(usualValues(week(2), { incidents: [], slotOf })).toMatchObject([
      { slot: -1, points: 2 * 7 * 288 },
    ]);
    expect(usualValues(week(1).slice(0, 11), { incidents: [], slotOf })).toEqual([]);
    expect(usualValues(week(1).slice(0, 12), { incidents: [], slotOf })).toMatchObject([
      { slot: -1, points: 12 },
    ]);
  });

  it('does not count a week in which the hour was hardly measured', () => {
    const points = week(3).filter(({ at }) => at < MONDAY + 2 * WEEK || at % HOUR < 25 * MINUTE);
    expect(usualValues(points, { incidents: [], slotOf }).map(({ slot }) => slot)).toEqual([-1]);
  });

  it('is not bent by one incident that nobody reported', () => {
    const wrong = MONDAY + 2 * WEEK + 3 * HOUR;
    const points = week(4, (at) => (at >= wrong && at < wrong + HOUR ? 5000 : 10));
    const value = usualValues(points, { incidents: [], slotOf }).find(({ slot }) => slot === 3);
    expect(value?.median).toBeLessThan(13);
    expect(value?.mad).toBeLessThan(3);
  });

  it('leaves out what was measured during incidents', () => {
    const spans = [1, 2].map((index) => ({
      from: MONDAY + index * WEEK + 3 * HOUR,
      to: MONDAY + index * WEEK + 4 * HOUR,
    }));
    const points = week(5, (at) => (spans.some(({ from, to }) => at >= from && at < to) ? 5000 : 10));
    const value = usualValues(points, { incidents: spans, slotOf }).find(({ slot }) => slot === 3);
    expect(value).toMatchObject({ weeks: 3, points: 36, median: 11 });
  });

  it.each([
    ['of three days is left out', 3 * DAY, 11],
    ['of more than three days is the new level', 3 * DAY + 1, 5000],
  ])('an incident %s', (_, lasts, expected) => {
    const incident = { from: MONDAY + DAY, to: MONDAY + DAY + lasts };
    const points = week(1, (at) => (at >= incident.from ? 5000 : 10)).filter(({ at }) => at <= incident.to);
    expect(usualValues(points, { incidents: [incident], slotOf })).toMatchObject([{ median: expected }]);
  });

  it('stay when an alert fires all the time', () => {
    const always = [{ from: MONDAY - WEEK, to: MONDAY + 4 * WEEK }];
    expect(usualValues(week(3), { incidents: always, slotOf })).toHaveLength(169);
  });
});

describe('createWeekSlot', () => {
  it.each([
    ['UTC', '2026-11-02T00:00:00Z', 0],
    ['UTC', '2026-11-08T23:59:00Z', 167],
    ['Europe/Berlin', '2026-11-01T23:30:00Z', 0],
    ['Europe/Berlin', '2026-10-24T22:30:00Z', 6 * 24],
    ['Europe/Berlin', '2026-10-25T22:30:00Z', 6 * 24 + 23],
    ['Asia/Kathmandu', '2026-11-02T00:14:00Z', 5],
    ['Asia/Kathmandu', '2026-11-02T00:15:00Z', 6],
  ])('%s %s', (zone, time, slot) => {
    expect(createWeekSlot(zone)(Date.parse(time))).toBe(slot);
  });

  it('names hours for people', () => {
    expect([slotName(-1), slotName(0), slotName(167)]).toEqual(['all hours', 'Monday 00:00', 'Sunday 23:00']);
  });
});

describe('baselineDue', () => {
  it.each([
    ['without any history', undefined, undefined, false],
    ['never computed', undefined, 0, true],
    ['first day, an hour ago', 20 * HOUR - HOUR, 0, true],
    ['first day, just now', 20 * HOUR - HOUR + 1, 0, false],
    ['first weeks, yesterday', 19 * HOUR, -WEEK, false],
    ['first weeks, a day ago', 20 * HOUR - DAY, -WEEK, true],
    ['later, a day ago', 20 * HOUR - DAY, -10 * WEEK, false],
    ['later, a week ago', 20 * HOUR - WEEK, -10 * WEEK, true],
  ])('%s', (_, lastAt, firstPointAt, due) => {
    expect(baselineDue({ lastAt, firstPointAt, now: 20 * HOUR })).toBe(due);
  });
});

describe('usualCourse', () => {
  const span = { from: MONDAY + 6 * HOUR + 20 * MINUTE, to: MONDAY + DAY, unit: 'count' } as const;

  it('is the range of each hour of the week, from when it begins', () => {
    const values = usualValues(week(3), { incidents: [], slotOf });
    const band = usualCourse({ values, slotOf }, span);
    const upperAt = (hour: number) =>
      band?.points?.findLast(({ at }) => at <= MONDAY + hour * HOUR + 30 * MINUTE)?.upper;
    expect([6, 8, 9, 23].map(upperAt)).toEqual([14, 14, 104, 104].map((about) => expect.closeTo(about, -1)));
    expect(band?.points?.map(({ at }) => at).slice(0, 3)).toEqual([
      span.from,
      MONDAY + 7 * HOUR,
      MONDAY + 8 * HOUR,
    ]);
    expect(band?.upper).toBe(band?.points?.at(-1)?.upper);
    expect(band && bandWords(band, 'count')).toMatch(
      /^usual .* at the end, hour by hour within 8.03 – 104\.$/,
    );
  });

  it('begins its hours at the half where the zone does', () => {
    const india = createWeekSlot('Asia/Kolkata');
    const values = usualValues(week(3), { incidents: [], slotOf: india });
    const [, second] = usualCourse({ values, slotOf: india }, span)?.points ?? [];
    expect(second?.at).toBe(MONDAY + 6 * HOUR + 30 * MINUTE);
  });

  it('is one range while only all hours together are known, and none before', () => {
    const values = usualValues(week(1), { incidents: [], slotOf });
    const band = usualCourse({ values, slotOf }, span);
    expect(band?.points).toBeUndefined();
    expect(band && bandWords(band, 'count')).toBe(`${band?.label}.`);
    expect(usualCourse({ values: [], slotOf }, span)).toBeUndefined();
  });
});
