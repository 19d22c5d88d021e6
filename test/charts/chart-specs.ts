import type { BarChart, FlameChart, PanelChart, TimeChart } from '../../src/core/chart.ts';

/** 03:00 in Berlin on Monday, 23 November 2026. */
export const START = Date.UTC(2026, 10, 23, 2);
const STEP = 45_000;

/** `count` points, the value from its index. */
export function points(value: (index: number) => number, count = 120): { at: number; value: number }[] {
  return Array.from({ length: count }, (_, index) => ({ at: START + index * STEP, value: value(index) }));
}

/** p95 that jumps from 0.4 s to 3.4 s. */
export const BREACH: TimeChart = {
  kind: 'time',
  id: 'p95-shop-api',
  title: 'Response time (p95) of shop-api: 3.4 s, target 2 s',
  alt: 'Response time (p95) of shop-api: 3.4 s, target 2 s.',
  unit: 'ms',
  threshold: { value: 2000, label: 'target 2 s' },
  band: { lower: 300, upper: 520, label: 'usual 0.3 s – 0.5 s' },
  lines: [
    {
      label: 'shop-api',
      emphasis: true,
      points: points((index) =>
        index < 95 ? 380 + (index % 7) * 20 : Math.min(3400, 400 + (index - 94) * 500),
      ),
    },
  ],
  marks: [
    { at: START + 93 * STEP, label: 'shop-api replaced (4f2a → 9c01)', kind: 'change' },
    { at: START + 94 * STEP, label: 'alert began', kind: 'onset' },
    { at: START + 98 * STEP, label: 'above target', kind: 'breach' },
  ],
};

/** The chart of the benchmark: three lines of 240 points. */
export const THREE_LINES: TimeChart = {
  ...BREACH,
  id: 'cpu',
  title: 'CPU of three containers',
  unit: 'ratio',
  threshold: { value: 0.8, label: 'target 80 %' },
  band: { lower: 0.2, upper: 0.4, label: 'usual 20 % – 40 %' },
  lines: ['shop-api', 'shop-db', 'shop-cache'].map((label, line) => ({
    label,
    emphasis: line === 0,
    points: points(
      (index) => 0.3 + line * 0.1 + 0.25 * Math.sin(index / (9 + line)) * Math.cos(index * line),
      240,
    ),
  })),
};

export const STATEMENTS: BarChart = {
  kind: 'bars',
  id: 'statements',
  title: 'Statements by share of time, shop-db',
  alt: 'Statements by share of time, shop-db.',
  unit: 'ratio',
  bars: [
    {
      label: `SELECT * FROM orders WHERE customer_id = $1 ${'AND id > $2 '.repeat(20)}`,
      value: 0.81,
      emphasis: true,
    },
    { label: 'UPDATE carts SET updated_at = now() WHERE id = $1', value: 0.09 },
    { label: 'COMMIT', value: 0.002 },
  ],
};

export const OVERVIEW: PanelChart = {
  kind: 'panels',
  id: 'overview',
  title: 'Last hour: each service by its worst KPI',
  alt: 'Each service by its worst KPI.',
  panels: [BREACH, { ...THREE_LINES, id: 'cpu' }, { ...BREACH, id: 'empty', lines: [] }],
};

/** A hot function beside packages and Node. */
export const FLAME: FlameChart = {
  kind: 'flame',
  id: 'flame-shop-api',
  title: 'shop-api: 72 % of the CPU time in hotLoop app.js:6',
  alt: 'shop-api: 72 % of the CPU time in hotLoop app.js:6.',
  measure: 'CPU time',
  frames: [
    {
      depth: 0,
      start: 0,
      width: 0.8,
      label: 'onRequest',
      place: 'node:http:1',
      origin: 'runtime',
      emphasis: 'path',
    },
    {
      depth: 1,
      start: 0,
      width: 0.72,
      label: 'hotLoop',
      place: 'app.js:6',
      origin: 'own',
      emphasis: 'finding',
    },
    {
      depth: 0,
      start: 0.8,
      width: 0.12,
      label: 'validate',
      place: 'node_modules/zod/a.js:1',
      origin: 'package',
    },
    { depth: 0, start: 0.92, width: 0.08, label: 'render', place: 'app.js:30', origin: 'own' },
  ],
};
