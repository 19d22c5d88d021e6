import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createChartCanvas, type Pixels } from '../../src/charts/chart-canvas.ts';
import { drawChart } from '../../src/charts/draw-chart.ts';
import { chartTheme } from '../../src/charts/theme.ts';
import type { ChartSpec } from '../../src/core/chart.ts';
import { BREACH, FLAME, OVERVIEW, points, START, STATEMENTS, THREE_LINES } from './chart-specs.ts';

const canvas = createChartCanvas();
const draw = (spec: ChartSpec, theme: 'dark' | 'light' = 'dark'): Pixels =>
  drawChart(spec, canvas, { theme, timezone: 'Europe/Berlin' });

/** Pixels of exactly this colour inside a box given in shares of the picture. */
function count(
  { width, height, rgba }: Pixels,
  colour: string,
  box = { left: 0, right: 1, top: 0, bottom: 1 },
): number {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
  let found = 0;
  for (let y = Math.floor(box.top * height); y < box.bottom * height; y += 1) {
    for (let x = Math.floor(box.left * width); x < box.right * width; x += 1) {
      const at = (y * width + x) * 4;
      if (rgba[at] === red && rgba[at + 1] === green && rgba[at + 2] === blue) found += 1;
    }
  }
  return found;
}

describe('drawChart', () => {
  it.each([
    ['time', BREACH, 800],
    ['bars', STATEMENTS, 440],
    ['panels', OVERVIEW, 949],
    ['flame', FLAME, 372],
  ] as const)('draws %s 1600 pixels wide and opaque', (_, spec, height) => {
    const picture = draw(spec);
    expect([picture.width, picture.height]).toEqual([1600, height]);
    expect(picture.rgba.byteLength).toBe(1600 * height * 4);
    expect(picture.rgba.filter((_value, index) => index % 4 === 3).every((alpha) => alpha === 255)).toBe(
      true,
    );
  });

  it('gives the same pixels for the same chart', () => {
    const hash = (): string => createHash('sha256').update(draw(THREE_LINES).rgba).digest('hex');
    expect(hash()).toBe(hash());
  });

  it.each(['dark', 'light'] as const)('draws target, line, breach and words in the %s theme', (name) => {
    const theme = chartTheme(name);
    const picture = draw(BREACH, name);
    const plot = { left: 0.08, right: 0.75, top: 0.4, bottom: 0.7 };
    expect(count(picture, theme.threshold, plot)).toBeGreaterThan(1500);
    expect(count(picture, theme.emphasis)).toBeGreaterThan(3000);
    expect(count(picture, theme.marks.change)).toBeGreaterThan(1000);
    expect(count(picture, theme.text, { left: 0, right: 1, top: 0, bottom: 0.12 })).toBeGreaterThan(3000);
    const calm = draw({ ...BREACH, threshold: { value: 9000, label: 'target 9 s' } }, name);
    expect(count(calm, theme.breach, plot)).toBeLessThan(
      count(picture, theme.breach, { left: 0, right: 1, top: 0, bottom: 1 }),
    );
  });

  it('draws letters, not boxes: another title gives another picture of the same kind', () => {
    const title = { left: 0, right: 1, top: 0, bottom: 0.11 };
    const { text } = chartTheme('dark');
    const inked = (words: string): number => count(draw({ ...BREACH, title: words }), text, title);
    expect(inked('iiii')).toBeGreaterThan(50);
    expect(inked('WWWW')).toBeGreaterThan(inked('iiii') * 2);
    expect(inked('\u200b')).toBe(0);
  });

  it('draws what is usual in each part of the time, also without a range', () => {
    const { plot } = chartTheme('dark');
    const bare = {
      ...BREACH,
      marks: [],
      threshold: undefined,
      lines: [{ label: 'a', points: points(() => 0) }],
    };
    const { threshold: _, ...calm } = bare;
    const empty = (left: number, right: number, second: number): number => {
      const steps = [1000, second].map((upper, index) => ({
        at: START + index * 60 * 45_000,
        lower: 0,
        upper,
      }));
      const band = { lower: 0, upper: 1000, label: 'u', points: steps };
      return count(draw({ ...calm, band } as ChartSpec), plot, { left, right, top: 0.5, bottom: 0.8 });
    };
    expect(empty(0.15, 0.4, 500)).toBe(0);
    expect(empty(0.6, 0.8, 500)).toBeGreaterThan(10_000);
    expect(empty(0.6, 0.8, 1000)).toBe(0);
  });

  it('shows a gap as a gap and a lone point as a dot', () => {
    const { emphasis } = chartTheme('dark');
    const calm = {
      ...BREACH,
      threshold: { value: 9000, label: 't' },
      marks: [],
      band: { lower: 0, upper: 1, label: 'u' },
    };
    const line = (keep: (index: number) => boolean): ChartSpec => ({
      ...calm,
      lines: [{ label: 'a', points: points(() => 5000).filter((_, index) => keep(index)) }],
    });
    const middle = { left: 0.4, right: 0.45, top: 0.15, bottom: 0.85 };
    expect(count(draw(line(() => true)), emphasis, middle)).toBeGreaterThan(200);
    expect(count(draw(line((index) => index < 30 || index > 90)), emphasis, middle)).toBe(0);
    const lone = draw({ ...calm, lines: [{ label: 'a', points: [{ at: START, value: 5000 }] }] });
    expect(count(lone, emphasis, { ...middle, left: 0.3, right: 0.6 })).toBeGreaterThan(150);
  });

  it.each(['dark', 'light'] as const)('draws frames where they belong in the %s theme', (name) => {
    const { flame, text, quietText } = chartTheme(name);
    const picture = draw(FLAME, name);
    const row = (depth: number, left: number, right: number) => {
      const [top, bottom] = [114 + depth * 62, 114 + (depth + 1) * 62].map((y) => y / picture.height);
      return {
        left: 0.0225 + left * 0.955,
        right: 0.0225 + right * 0.955,
        top: top ?? 0,
        bottom: bottom ?? 1,
      };
    };
    // 72 % of 1528 pixels, 58 high, less its words and outline.
    expect(count(picture, flame.hot, row(1, 0, 0.72))).toBeGreaterThan(45_000);
    expect(count(picture, text, row(1, 0, 0.72))).toBeGreaterThan(10_000);
    expect(count(picture, flame.hot, row(1, 0.73, 1))).toBe(0);
    expect(count(picture, flame.own, row(0, 0.92, 1))).toBeGreaterThan(4000);
    expect(count(picture, flame.package, row(0, 0.8, 0.92))).toBeGreaterThan(4000);
    // Whose code it is can be told without colours: packages are hatched, Node is hollow.
    expect(count(picture, flame.package, row(0, 0.8, 0.92))).toBeLessThan(0.12 * 1528 * 58 * 0.85);
    expect(count(picture, flame.hot, row(0, 0, 0.79))).toBeLessThan(6000);
    expect(count(picture, quietText)).toBeGreaterThan(3000);
  });

  it('draws a deep tree as far as it can be read, and says so', () => {
    const frames = Array.from({ length: 60 }, (_, depth) => ({ ...FLAME.frames[0], depth }));
    const deep = draw({ ...FLAME, frames: frames as typeof FLAME.frames });
    expect(deep.height).toBeLessThan(1600);
    expect(draw({ ...FLAME, frames: [] }).height).toBe(800);
  });

  it('says "no data" instead of drawing an empty plot', () => {
    const { quietText, grid } = chartTheme('dark');
    const empty = draw({ ...BREACH, lines: [{ label: 'a', points: [{ at: START, value: Number.NaN }] }] });
    expect(count(empty, grid)).toBe(0);
    expect(count(empty, quietText, { left: 0.4, right: 0.6, top: 0.4, bottom: 0.7 })).toBeGreaterThan(500);
  });

  it('draws words on a machine without any font of its own', () => {
    const code = `import { createChartCanvas } from './src/charts/chart-canvas.ts';
      import { drawChart } from './src/charts/draw-chart.ts';
      import { createHash } from 'node:crypto';
      import { BREACH } from './test/charts/chart-specs.ts';
      const { rgba } = drawChart(BREACH, createChartCanvas(), { theme: 'dark', timezone: 'Europe/Berlin' });
      process.stdout.write(createHash('sha256').update(rgba).digest('hex'));`;
    const tsx = createRequire(import.meta.url).resolve('tsx');
    const hash = execFileSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', code], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        DISABLE_SYSTEM_FONTS_LOAD: '1',
        FONTCONFIG_FILE: '/nonexistent',
        HOME: '/nonexistent',
      },
    });
    expect(hash).toBe(createHash('sha256').update(draw(BREACH).rgba).digest('hex'));
  });
});
