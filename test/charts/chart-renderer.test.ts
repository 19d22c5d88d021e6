import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../src/charts/chart-renderer.ts';
import { BREACH, FLAME, OVERVIEW, STATEMENTS, THREE_LINES } from './chart-specs.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const never = new AbortController().signal;

describe('createChartRenderer', () => {
  const renderer = createChartRenderer({ threads: 1, timezone: 'UTC', log });
  // The first picture starts the thread.
  beforeAll(async () => {
    await renderer.render([STATEMENTS], never);
  });
  afterAll(() => renderer.close());

  it('draws each kind as a PNG, in the order asked for', async () => {
    const images = await renderer.render([BREACH, STATEMENTS, OVERVIEW, FLAME], never);
    expect(images.map(({ id, alt, title }) => ({ id, alt, title }))).toEqual(
      [BREACH, STATEMENTS, OVERVIEW, FLAME].map(({ id, alt, title }) => ({ id, alt, title })),
    );
    for (const { png } of images) {
      const { format, width, channels, hasAlpha } = await sharp(png).metadata();
      expect({ format, width, channels, hasAlpha }).toEqual({
        format: 'png',
        width: 1600,
        channels: 3,
        hasAlpha: false,
      });
      expect(png.byteLength).toBeLessThan(500_000);
    }
  });

  it('gives the same bytes for the same chart', async () => {
    const [one, two] = await renderer.render([BREACH, BREACH], never);
    expect(Buffer.from(one?.png ?? []).equals(Buffer.from(two?.png ?? [0]))).toBe(true);
  });

  it('leaves the event loop free while it draws ten charts', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const images = await renderer.render(
      Array.from({ length: 10 }, () => THREE_LINES),
      never,
    );
    delay.disable();
    expect(images).toHaveLength(10);
    // One picture takes some 30 ms: drawn here, the 99th percentile would be above that.
    expect(delay.percentile(90) / 1e6).toBeLessThan(25);
  });

  it('names what is wrong with a chart', async () => {
    const wrong = { ...BREACH, id: '../etc', unit: 'furlongs' };
    await expect(renderer.render([STATEMENTS, wrong as never], never)).rejects.toMatchObject({
      reason: 'invalid_input',
      problems: [{ path: 'charts.1.id' }, { path: 'charts.1.unit' }],
    });
  });

  it('stops when it is told to, and draws again afterwards', async () => {
    const controller = new AbortController();
    const drawing = renderer.render(
      Array.from({ length: 20 }, () => OVERVIEW),
      controller.signal,
    );
    setTimeout(() => controller.abort(), 20);
    await expect(drawing).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(renderer.render([STATEMENTS], controller.signal)).rejects.toMatchObject({
      reason: 'cancelled',
    });
    expect(await renderer.render([STATEMENTS], never)).toHaveLength(1);
  });

  it('leaves no thread behind when it is closed', async () => {
    const other = createChartRenderer({ timezone: 'UTC', log });
    await other.render([STATEMENTS], never);
    const drawing = other.render([OVERVIEW, OVERVIEW], never);
    await Promise.all([expect(drawing).rejects.toMatchObject({ reason: 'cancelled' }), other.close()]);
    await expect(other.render([STATEMENTS], never)).rejects.toMatchObject({ reason: 'cancelled' });
  });
});
