import type { Gap, Metric, Observation, Series, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Unit } from '../../core/unit.ts';
import { keepLimitOf, RESOLUTION_MS, type Reading, type Stopped } from './runtime-expressions.ts';

/** Work of the system that is under way, among the resources that keep the process alive. */
const REQUEST = /req/i;
const MAJOR = 'MarkSweepCompact';
const MAX_ROWS = 12;
/** With fewer readings the lowest ones say nothing of a trend. */
const LEAST_READINGS = 6;

export interface Watched {
  /** In order, the first at the start of the window and the last at its end. */
  readonly readings: readonly Reading[];
  readonly stopped: Stopped;
  /** When the window ended, ms since the epoch. */
  readonly endedAt: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** What was watched in a process over a window, as numbers. Pure. */
export function toRuntimeObservation({ readings, stopped, endedAt, facts }: Watched): Observation {
  const first = readings[0] ?? stopped.reading;
  const last = stopped.reading;
  const windowMs = last.at - first.at;
  const { memory } = last;
  const cpuUs = last.cpu.user + last.cpu.system - first.cpu.user - first.cpu.system;
  const requests = Object.entries(stopped.resources).filter(([kind]) => REQUEST.test(kind));
  return {
    metrics: [
      ...loopMetrics(first, stopped, windowMs),
      metric('cpu_cores', cpuUs / 1000 / windowMs, 'cores'),
      metric('rss_bytes', memory.rss, 'bytes'),
      metric('heap_used_bytes', memory.heapUsed, 'bytes'),
      metric('heap_limit_bytes', stopped.heapLimit, 'bytes'),
      metric('heap_ratio', memory.heapUsed / stopped.heapLimit, 'ratio'),
      metric('external_bytes', memory.external, 'bytes'),
      metric('array_buffers_bytes', memory.arrayBuffers, 'bytes'),
      ...growthMetrics(readings),
      ...gcMetrics(stopped, windowMs),
      metric('active_resources', total(Object.values(stopped.resources)), 'count'),
      metric('active_requests', total(requests.map(([, count]) => count)), 'count'),
      metric('uptime_ms', stopped.uptimeMs, 'ms'),
    ],
    series: seriesOf(readings, endedAt - last.at),
    tables: [resourcesTable(stopped), spacesTable(stopped)],
    facts,
    gaps: gapsOf(stopped),
    windowMs: Math.round(windowMs),
  };
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}

/** No tick of the timer at all means that the loop was blocked for the whole window, or longer. */
function loopMetrics(first: Reading, { reading, delay }: Stopped, windowMs: number): readonly Metric[] {
  const toMs = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  const delays =
    delay === undefined
      ? [metric('event_loop_delay_max_ms', windowMs, 'ms')]
      : [
          metric('event_loop_delay_p50_ms', toMs(delay.p50), 'ms'),
          metric('event_loop_delay_p99_ms', toMs(delay.p99), 'ms'),
          metric('event_loop_delay_max_ms', toMs(delay.max), 'ms'),
        ];
  return [metric('event_loop_utilisation', utilisation(first, reading), 'ratio'), ...delays];
}

function utilisation(before: Reading, after: Reading): number {
  const active = after.loop.active - before.loop.active;
  const idle = after.loop.idle - before.loop.idle;
  return active + idle > 0 ? active / (active + idle) : 0;
}

/** Growth of the floor: the lowest heap of the last third against that of the first, for garbage only lies on top. */
function growthMetrics(readings: readonly Reading[]): readonly Metric[] {
  const third = Math.floor(readings.length / 3);
  if (readings.length < LEAST_READINGS) return [];
  const lowest = (some: readonly Reading[]) => Math.min(...some.map(({ memory }) => memory.heapUsed));
  const seconds = ((readings.at(-1)?.at ?? 0) - (readings[0]?.at ?? 0)) / 1000;
  const growth = lowest(readings.slice(-third)) - lowest(readings.slice(0, third));
  return [
    metric('heap_floor_growth_bytes', growth, 'bytes'),
    // The middles of the two thirds lie two thirds of the window apart.
    metric('heap_floor_growth_bytes_per_second', growth / (seconds * (2 / 3)), 'bytes_per_second'),
  ];
}

function gcMetrics(stopped: Stopped, windowMs: number): readonly Metric[] {
  const { gc, collections } = stopped;
  if (gc === undefined) return [];
  const majors = gc.filter(({ kind }) => kind === MAJOR);
  const after = majors.at(-1)?.heapAfter;
  const first = majors.length > 1 ? majors[0]?.heapAfter : undefined;
  return [
    metric('gc_ratio', total(gc.map(({ costUs }) => costUs)) / 1000 / windowMs, 'ratio'),
    metric('gc_count', collections ?? gc.length, 'count'),
    metric('gc_major_count', majors.length, 'count'),
    metric('gc_max_pause_ms', Math.max(0, ...gc.map(({ costUs }) => costUs / 1000)), 'ms'),
    ...(after === undefined
      ? []
      : [
          metric('heap_after_gc_bytes', after, 'bytes'),
          metric('heap_after_gc_ratio', after / keepLimitOf(stopped), 'ratio'),
          ...(first === undefined ? [] : [metric('heap_after_gc_growth_bytes', after - first, 'bytes')]),
        ]),
  ];
}

function seriesOf(readings: readonly Reading[], startedAt: number): readonly Series[] {
  const at = (reading: Reading) => Math.round(startedAt + reading.at);
  return [
    {
      name: 'heap_used_bytes',
      unit: 'bytes',
      points: readings.map((reading) => ({ at: at(reading), value: reading.memory.heapUsed })),
    },
    {
      name: 'event_loop_utilisation',
      unit: 'ratio',
      points: readings.slice(1).map((reading, index) => ({
        at: at(reading),
        value: utilisation(readings[index] ?? reading, reading),
      })),
    },
  ];
}

function resourcesTable({ resources }: Stopped): Table {
  const rows = Object.entries(resources).sort(([, a], [, b]) => b - a);
  return {
    name: 'resources',
    title: 'What keeps the process busy',
    columns: [
      { name: 'kind', title: 'Kind' },
      { name: 'count', title: 'Count', unit: 'count' },
    ],
    ...topRows(rows, MAX_ROWS, (row) => row),
  };
}

function spacesTable({ spaces }: Stopped): Table {
  return {
    name: 'heap_spaces',
    title: 'Heap',
    columns: [
      { name: 'space', title: 'Space' },
      { name: 'used_bytes', title: 'Used', unit: 'bytes' },
      { name: 'size_bytes', title: 'Size', unit: 'bytes' },
    ],
    rows: spaces
      .filter(({ size }) => size > 0)
      .sort((a, b) => b.used - a.used)
      .map(({ name, used, size }) => [name, used, size]),
  };
}

function gapsOf({ gc, delay }: Stopped): readonly Gap[] {
  return [
    ...(gc === undefined
      ? [
          {
            what: 'garbage collection',
            reason: 'This version of Node cannot tell it.',
            mend: 'use Node 18.15 or newer',
          },
        ]
      : []),
    ...(delay === undefined
      ? [
          {
            what: 'percentiles of the event loop delay',
            reason: 'The event loop did not turn once in the window.',
          },
        ]
      : []),
  ];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
