import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { createCanvas } from 'canvas';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import sharp from 'sharp';
import { createChartCanvas } from '../src/charts/chart-canvas.ts';
import { createChartRenderer } from '../src/charts/chart-renderer.ts';
import { drawChart } from '../src/charts/draw-chart.ts';
import { encodePng } from '../src/charts/encode-png.ts';
import { FULL_FRAME } from '../src/charts/frame.ts';
import type { TimeChart } from '../src/core/chart.ts';

/**
 * How long a chart takes: 1600 pixels wide, three lines of 240 points, with target, usual range and two marks. All ways
 * take turns in one run, so that a busy machine treats them alike. The floor is drawing alone, to pixels in memory.
 */
const ROUNDS = 30;
const WARM_UP = 15;
const STYLE = { theme: 'dark', timezone: 'UTC' } as const;

const start = Date.UTC(2026, 10, 23, 2);
const chart: TimeChart = {
  kind: 'time',
  id: 'cpu',
  title: 'CPU of shop-api: 93 %, target 80 %',
  alt: 'CPU of shop-api: 93 %, target 80 %.',
  unit: 'ratio',
  threshold: { value: 0.8, label: 'target 80 %' },
  band: { lower: 0.2, upper: 0.4, label: 'usual 20 % – 40 %' },
  marks: [
    { at: start + 3_000_000, label: 'alert began', kind: 'onset' },
    { at: start + 2_900_000, label: 'shop-api started', kind: 'change' },
  ],
  lines: ['shop-api', 'shop-db', 'shop-cache'].map((label, line) => ({
    label,
    emphasis: line === 0,
    points: Array.from({ length: 240 }, (_, index) => ({
      at: start + index * 15_000,
      value: 0.45 + 0.15 * line + 0.2 * Math.sin(index / (9 + line)) * Math.cos(index * (line + 1)),
    })),
  })),
};

// As in a worker.
sharp.concurrency(2);
sharp.cache(false);

const canvas = createChartCanvas();
const renderer = createChartRenderer({
  threads: 1,
  timezone: STYLE.timezone,
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
});
const never = new AbortController().signal;

const ways: Record<string, () => Promise<number> | number> = {
  'drawing alone (floor)': () => drawChart(chart, canvas, STYLE).rgba.byteLength,
  'ours, one thread': async () => (await encodePng(drawChart(chart, canvas, STYLE))).byteLength,
  'ours, through the pool': async () => (await renderer.render([chart], never))[0]?.png.byteLength ?? 0,
  'ours, four at once, each': async () => {
    const images = await renderer.render([chart, chart, chart, chart], never);
    return images[0]?.png.byteLength ?? 0;
  },
  'same picture, default PNG encoder': () => defaultEncoder(drawChart(chart, canvas, STYLE)),
  'chartjs-node-canvas as it comes': plainLibrary(FULL_FRAME.width, FULL_FRAME.height),
};

/** The same pixels by way of `canvas.toBuffer('image/png')`. */
function defaultEncoder({ width, height, rgba }: ReturnType<typeof drawChart>): number {
  const target = createCanvas(width, height);
  const context = target.getContext('2d');
  const image = context.createImageData(width, height);
  image.data.set(rgba);
  context.putImageData(image, 0, 0);
  return target.toBuffer('image/png').byteLength;
}

/** Three bare lines drawn and encoded by the library, without any of our words. */
function plainLibrary(width: number, height: number): () => number {
  const library = new ChartJSNodeCanvas({ width, height, backgroundColour: '#ffffff' });
  return () =>
    library.renderToBufferSync({
      type: 'line',
      data: {
        datasets: chart.lines.map(({ label, points }) => ({
          label,
          data: points.map(({ at, value }) => ({ x: at, y: value })),
          pointRadius: 0,
        })),
      },
      options: { parsing: false, scales: { x: { type: 'linear' } } },
    }).byteLength;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const times = new Map<string, number[]>();
const sizes = new Map<string, number>();
for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
  // Each round begins with another way: the first pays for the garbage of the one before it.
  const entries = Object.entries(ways);
  const first = round % entries.length;
  for (const [name, way] of [...entries.slice(first), ...entries.slice(0, first)]) {
    const startedAt = performance.now();
    sizes.set(name, await way());
    const ms = (performance.now() - startedAt) / (name.includes('four') ? 4 : 1);
    if (round >= WARM_UP) times.set(name, [...(times.get(name) ?? []), ms]);
  }
}
await renderer.close();

const floor = median(times.get('drawing alone (floor)') ?? []);
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${FULL_FRAME.width} x ${FULL_FRAME.height}, 3 lines of 240 points, median of ${ROUNDS}\n`);
for (const name of Object.keys(ways)) {
  const values = times.get(name) ?? [];
  const ms = median(values);
  const size = `${Math.round((sizes.get(name) ?? 0) / 1000)} kB`;
  console.log(
    `${name.padEnd(36)}${ms.toFixed(1).padStart(8)} ms${(ms / floor).toFixed(2).padStart(7)} x floor${size.padStart(10)}`,
  );
}
console.log(
  `\ncanvas is ${canvasPackage()}; real node-canvas (cairo) ${hasNodeCanvas() ? 'is installed' : 'is not installed, so it was not measured'}`,
);

function canvasPackage(): string {
  const { name, version } = createRequire(import.meta.url)('canvas/package.json') as {
    name: string;
    version: string;
  };
  return `${name} ${version}`;
}

function hasNodeCanvas(): boolean {
  return canvasPackage().startsWith('canvas ');
}
