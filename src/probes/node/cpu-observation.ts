import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Unit } from '../../core/unit.ts';
import type { Charged } from './attribute.ts';
import { type CallNode, type Frame, frameKey, sum, weigh } from './call-tree.ts';
import type { CpuSamples } from './cpu-samples.ts';
import { flameTable } from './flame-table.ts';
import { nameOf, placeOf } from './frame-words.ts';
import { type HotLine, hotLinesTable, lineText } from './hot-lines.ts';
import type { WrittenLine } from './source-lines.ts';

/** Functions that are told; the call tree has the others. */
export const MOST_FUNCTIONS = 12;
/** With fewer samples than this a share is a guess. */
const FEW_SAMPLES = 30;

export interface Profiled {
  readonly samples: CpuSamples;
  /** Heaviest first. */
  readonly functions: readonly Charged[];
  /** The busiest line of each of the first functions, as it is written. */
  readonly code: readonly WrittenLine[];
  /** Heaviest first. */
  readonly lines: readonly HotLine[];
  /** The first of these lines, as they are written. */
  readonly lineCode: readonly WrittenLine[];
  readonly folder: string;
  /** Share of time in which the event loop worked, before the profiler began; it makes the loop look busier than it is. */
  readonly utilisation: number | undefined;
  /** How long the program stood still at most while the profiler began, ms. */
  readonly pauseMs: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** A CPU profile as numbers. Shares are of the time in which the program worked, not of the window. Pure. */
export function toCpuObservation(profiled: Profiled): Observation {
  const { samples, functions, code, lines, lineCode, folder, utilisation, pauseMs, facts } = profiled;
  const { roots, count, idleMs, collectorMs, windowMs } = samples;
  const busyMs = sum(roots.map(timeOf));
  const hottest = functions.find(({ kind }) => kind === 'application' || kind === 'library');
  return {
    metrics: [
      ...(utilisation === undefined ? [] : [metric('event_loop_utilisation', utilisation, 'ratio')]),
      metric('samples', count, 'count'),
      ...(busyMs + idleMs > 0 ? [metric('busy_ratio', busyMs / (busyMs + idleMs), 'ratio')] : []),
      ...(busyMs > 0
        ? [
            metric('hottest_share', (hottest?.own ?? 0) / busyMs, 'ratio'),
            metric('gc_share', collectorMs / busyMs, 'ratio'),
          ]
        : []),
      metric('pause_ms', pauseMs, 'ms'),
    ],
    tables: [
      functionsTable(functions, { busyMs, folder, code }),
      hotLinesTable(lines, { busyMs, folder, written: lineCode }),
      flameTable(weigh(roots), folder),
    ],
    facts,
    gaps: gapsOf(count),
    windowMs: Math.round(windowMs),
  };
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}

function timeOf({ self, children }: CallNode): number {
  return self + sum(children.map(timeOf));
}

function functionsTable(
  functions: readonly Charged[],
  told: { readonly busyMs: number; readonly folder: string; readonly code: readonly WrittenLine[] },
): Table {
  const { busyMs, folder, code } = told;
  return {
    name: 'hot_functions',
    title: 'Functions that take the time',
    columns: [
      { name: 'function', title: 'Function' },
      { name: 'place', title: 'Place' },
      { name: 'self_share', title: 'Own', unit: 'ratio' },
      { name: 'total_share', title: 'With calls', unit: 'ratio' },
      { name: 'mostly_in', title: 'Mostly in' },
      { name: 'code', title: 'Busiest line' },
      { name: 'kind', title: 'Part of' },
    ],
    ...topRows(functions, MOST_FUNCTIONS, ({ frame, kind, own, total, mostlyIn, line }, index) => [
      nameOf(frame),
      placeOf(frame, folder),
      own / busyMs,
      total / busyMs,
      mostlyIn === undefined || frameKey(mostlyIn) === frameKey(frame) ? '' : insideOf(mostlyIn, folder),
      mostlyIn === undefined || line === undefined
        ? ''
        : lineText({ frame: mostlyIn, line }, code[index], folder),
      kind,
    ]),
  };
}

function insideOf(frame: Frame, folder: string): string {
  const place = placeOf(frame, folder);
  return place === '' ? nameOf(frame) : `${nameOf(frame)} (${place})`;
}

function gapsOf(count: number): readonly Gap[] {
  return count >= FEW_SAMPLES
    ? []
    : [
        {
          what: 'shares of functions',
          reason: `Only ${count} samples were taken.`,
          mend: 'watch for longer',
        },
      ];
}
