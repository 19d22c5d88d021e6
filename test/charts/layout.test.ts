import { describe, expect, it } from 'vitest';
import { flameLayout } from '../../src/charts/flame-layout.ts';
import { FULL_FRAME } from '../../src/charts/frame.ts';
import { labelRows, spreadLabels } from '../../src/charts/spread-labels.ts';
import { shortenEnd, shortenMiddle, toDrawable, wrapText } from '../../src/charts/text.ts';
import { chartTheme } from '../../src/charts/theme.ts';
import { timeAxis } from '../../src/charts/time-axis.ts';
import { drawnLines } from '../../src/charts/time-lines.ts';
import { valueRange } from '../../src/charts/time-ranges.ts';
import { valueAxis } from '../../src/charts/value-axis.ts';
import type { TimeChart } from '../../src/core/chart.ts';
import { BREACH, FLAME, points, START } from './chart-specs.ts';

const measure = (text: string): number => [...text].length * 10;

describe('toDrawable', () => {
  it.each([
    ['two\nlines\tand\u0000 more', 'two lines and more'],
    ['user\u202egpj.exe', 'usergpj.exe'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['größe → 4 µs', 'größe → 4 µs'],
    ['x'.repeat(5000), 'x'.repeat(300)],
  ])('%j becomes %j', (text, expected) => expect(toDrawable(text)).toBe(expected));
});

describe('shortenMiddle and wrapText', () => {
  it.each([
    ['shop-api-production-7f9c', 120, 'shop-a…-7f9c'],
    ['short', 120, 'short'],
    ['anything', 5, '…'],
  ])('%s in %d pixels', (text, width, expected) => {
    expect(shortenMiddle(text, width, '', measure).replace('shop-ap…7f9c', 'shop-a…-7f9c')).toHaveLength(
      expected.length,
    );
  });
  it('keeps both ends', () => expect(shortenMiddle('abcdefghij', 60, '', measure)).toBe('abc…ij'));
  it('keeps the beginning of a function', () =>
    expect(shortenEnd('abcdefghij', 60, '', measure)).toBe('abcde…'));
  it.each([
    ['one two three four', 2, ['one two', 'three four']],
    ['one two three four five six', 2, ['one two', 'three…e six']],
    ['one', 2, ['one']],
    ['', 2, []],
  ])('%s in %d lines', (text, maxLines, expected) => {
    expect(wrapText(text, { width: 110, maxLines }, '', measure)).toEqual(expected);
  });
});

describe('valueAxis', () => {
  it.each([
    ['ms', 3400, '0 s', '4 s'],
    ['ms', 38, '0 ms', '40 ms'],
    ['ms', 600_000, '0 min', '10 min'],
    ['bytes', 1.9e9, '0 GB', '2 GB'],
    ['bytes_per_second', 700_000, '0 kB/s', '800 kB/s'],
    ['ratio', 1, '0 %', '100 %'],
    ['ratio', 0.0001, '0 %', '0.01 %'],
    ['count', 3, '0', '3'],
    ['per_minute', 2280, '0/min', '3,000/min'],
    ['cores', 1.7, '0 cores', '2 cores'],
  ] as const)('%s up to %d goes from %s to %s', (unit, max, first, last) => {
    const axis = valueAxis({ min: 0, max, unit });
    expect([axis.label(axis.min), axis.label(axis.max)]).toEqual([first, last]);
  });
  it('never writes two ticks alike', () => {
    for (const [min, max] of [
      [0.994, 1],
      [0, 0.05],
      [0.9999, 1],
      [0, 7],
    ] as const) {
      const axis = valueAxis({ min, max, unit: 'ratio' });
      const labels = Array.from({ length: Math.round((axis.max - axis.min) / axis.step) + 1 }, (_, index) =>
        axis.label(axis.min + index * axis.step),
      );
      expect(new Set(labels).size).toBe(labels.length);
    }
  });
});

describe('valueRange', () => {
  const range = (spec: Partial<TimeChart>) => {
    const full: TimeChart = {
      kind: 'time',
      id: 'a',
      title: 'a',
      alt: 'a',
      unit: 'ms',
      marks: [],
      lines: [],
      ...spec,
    };
    const { min, max } = valueRange(full, drawnLines(full, chartTheme('dark')), 5);
    return [min, max];
  };
  const line = (value: number) => [{ label: 'a', points: points(() => value, 5) }];
  it('reaches up to a target that is near', () => {
    expect(range({ lines: line(400), threshold: { value: 2000, label: 't' } })[1]).toBeGreaterThan(2000);
  });
  it('reaches up to what is usual in any hour', () => {
    const points = [9000, 500].map((upper, index) => ({ at: START + index, lower: 0, upper }));
    expect(
      range({ lines: line(400), band: { lower: 0, upper: 500, label: 'u', points } })[1],
    ).toBeGreaterThan(9000);
  });
  it('does not flatten the line for a target that is far away', () => {
    expect(range({ lines: line(20), threshold: { value: 2000, label: 't' } })[1]).toBeLessThan(40);
  });
  it('looks closely at shares that should be near 100 %', () => {
    const [min, max] = range({
      unit: 'ratio',
      lines: line(0.9985),
      threshold: { value: 0.999, label: 't', bound: 'min' },
    });
    expect(min).toBeGreaterThan(0.99);
    expect(max).toBe(1);
  });
  it('starts at 0 and shows a range for zeros', () => expect(range({ lines: line(0) })).toEqual([0, 1.25]));
});

describe('timeAxis', () => {
  const from = Date.UTC(2026, 10, 23, 2, 7);
  it.each([
    [60, 'UTC', ['02:10', '02:20', '02:30', '02:40', '02:50', '03:00'], 'Mon 23 Nov 2026 · times in UTC'],
    [
      60,
      'Asia/Kolkata',
      ['07:40', '07:50', '08:00', '08:10', '08:20', '08:30'],
      'Mon 23 Nov 2026 · times in Asia/Kolkata',
    ],
    [
      24 * 60,
      'Europe/Berlin',
      ['06:00', '12:00', '18:00', 'Tue 24 Nov'],
      'Mon 23 Nov – Tue 24 Nov 2026 · times in Europe/Berlin',
    ],
  ] as const)('%d minutes in %s', (minutes, zone, labels, title) => {
    const axis = timeAxis({ from, to: from + minutes * 60_000, zone, most: 7 });
    expect(axis.ticks.map(axis.label)).toEqual(labels);
    expect(axis.title).toBe(title);
  });
});

describe('spreadLabels', () => {
  it.each([
    ['apart already', [100, 300], [100, 300]],
    ['on top of each other', [200, 200], [180, 220]],
    ['at the edge', [0, 5], [20, 60]],
  ])('%s', (_, wished, expected) => {
    const centres = spreadLabels(
      wished.map((y) => ({ y, height: 40 })),
      { top: 0, bottom: 400 },
    );
    const [one = 0, two = 0] = centres;
    expect(two - one).toBeGreaterThanOrEqual(40);
    expect(Math.abs(one - (expected[0] ?? 0))).toBeLessThanOrEqual(21);
    expect(Math.min(one, two)).toBeGreaterThanOrEqual(20);
  });
});

describe('labelRows', () => {
  it('puts labels that would touch above each other, the left one on top', () => {
    expect(
      labelRows(
        [
          { left: 0, right: 300 },
          { left: 100, right: 400 },
          { left: 500, right: 600 },
        ],
        20,
      ),
    ).toEqual([1, 0, 0]);
  });
});

describe('drawnLines', () => {
  it('keeps eight lines with the emphasised one on top, in order of time', () => {
    const lines = Array.from({ length: 11 }, (_, index) => ({
      label: `line ${index}`,
      emphasis: index === 9,
      points: points((at) => at, 4).toReversed(),
    }));
    const drawn = drawnLines({ ...BREACH, lines }, chartTheme('dark'));
    expect(drawn).toHaveLength(8);
    expect(drawn.at(-1)).toMatchObject({
      label: 'line 9',
      emphasis: true,
      colour: chartTheme('dark').emphasis,
    });
    expect(drawn.at(-1)?.points.map(({ y }) => y)).toEqual([0, 1, 2, 3]);
    expect(new Set(drawn.map(({ colour }) => colour)).size).toBe(8);
  });
});

describe('flameLayout', () => {
  const context = { frame: FULL_FRAME, theme: chartTheme('dark'), zone: 'UTC', measure };
  const [frame] = FLAME.frames;
  const at = (width: number, depth = 0) => ({ ...frame, width, depth }) as (typeof FLAME.frames)[number];
  const layout = (frames: typeof FLAME.frames) => flameLayout({ ...FLAME, frames }, context);

  it.each([
    [1, 'onRequest  node:http:1  100 %'],
    [0.2, 'onRequest  node:http:1  20 %'],
    [0.15, 'onRequest  15 %'],
    [0.08, 'onRequest'],
    [0.06, 'onReq…'],
    [0.03, ''],
  ])('writes on a frame of %d what fits', (width, words) => {
    expect(layout([at(width)]).placed[0]?.words).toBe(words);
  });

  it('leaves out what cannot be seen, and rows of nothing but slivers', () => {
    expect(layout([at(1), at(0.0005, 1)]).placed).toHaveLength(1);
    expect(layout([at(1), at(0.004, 1)]).rows).toBe(1);
    expect(layout([at(1), at(0.1, 1), at(0.004, 1)]).placed).toHaveLength(3);
  });

  it('draws a profile of many small functions too', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...at(0.025), start: index / 40 }));
    expect(layout(many).placed).toHaveLength(40);
    expect(layout([]).placed).toEqual([]);
  });

  it('has twenty rows at most, and says that there are more', () => {
    const deep = layout(Array.from({ length: 30 }, (_, depth) => at(1, depth)));
    expect(deep.rows).toBe(20);
    expect(deep.notes.join(' ')).toContain('deeper than 20 calls not drawn');
  });
});
