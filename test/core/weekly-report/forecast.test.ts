import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forecast, forecast, forecastText } from '../../../src/core/weekly-report/forecast.ts';
import { theilSen } from '../../../src/core/weekly-report/theil-sen.ts';

const DAY = 24 * 60 * 60_000;
const days = (...values: readonly number[]) => values.map((value, index) => ({ at: index * DAY, value }));
const line = (count: number, from: number, perDay: number, noise: (day: number) => number = () => 0) =>
  days(...Array.from({ length: count }, (_, day) => from + perDay * day + noise(day)));
/** The same "noise" every time. */
const wobble = (size: number) => (day: number) => size * Math.sin(day * 12.9898);

describe('theilSen', () => {
  it('finds the slope of a line whatever a wild point says', () => {
    const points = line(12, 0.2, 0.01).map(({ value }, x) => ({ x, y: x === 4 ? 9 : value }));
    const found = theilSen(points);
    expect(found?.slope).toBeCloseTo(0.01, 6);
    expect(found?.valueAt(20)).toBeCloseTo(0.4, 6);
  });

  it('has an interval that holds the slope, narrower with more points', () => {
    const of = (count: number) =>
      theilSen(line(count, 0.2, 0.01, wobble(0.03)).map(({ value }, x) => ({ x, y: value })));
    const [few, many] = [of(8), of(28)];
    expect(few && few.lowest < 0.01 && few.highest > 0.01).toBe(true);
    expect(many && many.highest - many.lowest).toBeLessThan((few?.highest ?? 0) - (few?.lowest ?? 0));
  });

  it('says nothing of three points', () => {
    expect(theilSen([1, 2, 3].map((x) => ({ x, y: x })))).toBeUndefined();
  });
});

describe('forecast', () => {
  it.each<[string, readonly { at: number; value: number }[], Forecast['kind'], RegExp]>([
    ['nothing', [], 'too_little_history', /^too little history: less than a day/],
    ['six days', line(6, 0.5, 0.02), 'too_little_history', /^too little history: 6 days, 7 are needed/],
    ['a steady rise', line(14, 0.5, 0.01), 'rising', /^full in 37 days \(37 to 37\)$/],
    ['a rise with noise', line(20, 0.5, 0.01, wobble(0.02)), 'rising', /^full in \d+ days \(\d+ to \d+\)$/],
    ['a very slow rise', line(20, 0.2, 0.0001), 'rising', /^rising, not full within a year$/],
    ['only noise', line(20, 0.5, 0, wobble(0.05)), 'no_trend', /^no trend$/],
    ['the same every day', line(20, 0.5, 0), 'no_trend', /^no trend$/],
    ['a fall', line(20, 0.9, -0.01), 'falling', /^falling$/],
    ['full', line(20, 0.85, 0.01), 'full_now', /^full now$/],
    [
      'a clean-up four days ago',
      days(0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.3, 0.32, 0.34, 0.36),
      'too_little_history',
      /^too little history: 4 days since it fell, 7 are needed/,
    ],
    [
      'a clean-up ten days ago, rising again since',
      days(0.9, 0.95, ...line(10, 0.3, 0.02).map(({ value }) => value)),
      'rising',
      /^full in 26 days/,
    ],
  ])('%s', (_name, daily, kind, text) => {
    const found = forecast(daily);
    expect(found.kind).toBe(kind);
    expect(forecastText(found)).toMatch(text);
  });

  it('has an interval around the likely day', () => {
    const found = forecast(line(20, 0.5, 0.01, wobble(0.02)));
    if (found.kind !== 'rising') throw new Error(found.kind);
    const { days: likely = 0, earliest = 0, latest = 0 } = found;
    expect(earliest).toBeLessThan(likely);
    expect(latest).toBeGreaterThan(likely);
  });

  it('never says NaN, whatever was measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 }),
        (values) => {
          const text = forecastText(forecast(days(...values)));
          expect(text).not.toMatch(/NaN|Infinity|undefined/);
        },
      ),
    );
  });
});
