import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Unit } from '../../core/unit.ts';
import type { Charged } from './attribute.ts';
import { type CallNode, sum, weigh } from './call-tree.ts';
import { flameTable } from './flame-table.ts';
import { nameOf, placeOf } from './frame-words.ts';

const MOST_SITES = 12;

export interface HeapSampled {
  readonly roots: readonly CallNode[];
  /** Who allocated most of what is still there, heaviest first. */
  readonly sites: readonly Charged[];
  readonly count: number;
  readonly folder: string;
  readonly windowMs: number;
  /** How long the longer of two full collections stopped the program at most, ms. */
  readonly pauseMs: number;
  /** After the collections at both ends of the window: nothing in it is garbage. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** What stays may grow to this many bytes. */
  readonly keepLimit: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** What the heap kept of what was allocated in a window, as numbers. Pure. */
export function toHeapObservation(sampled: HeapSampled): Observation {
  const { roots, sites, count, folder, windowMs, pauseMs, heapBefore, heapAfter, keepLimit, facts } = sampled;
  const bytes = sum(sites.map(({ own }) => own));
  const largest = sites.find(({ kind }) => kind === 'application' || kind === 'library')?.own ?? 0;
  return {
    metrics: [
      metric('samples', count, 'count'),
      metric('sampled_bytes', bytes, 'bytes'),
      metric('sampled_bytes_per_second', bytes / (windowMs / 1000), 'bytes_per_second'),
      metric('largest_site_bytes', largest, 'bytes'),
      ...(bytes > 0 ? [metric('largest_site_share', largest / bytes, 'ratio')] : []),
      metric('heap_growth_bytes', heapAfter - heapBefore, 'bytes'),
      metric(
        'heap_growth_bytes_per_second',
        (heapAfter - heapBefore) / (windowMs / 1000),
        'bytes_per_second',
      ),
      metric('heap_after_gc_bytes', heapAfter, 'bytes'),
      metric('heap_after_gc_ratio', heapAfter / keepLimit, 'ratio'),
      metric('pause_ms', pauseMs, 'ms'),
    ],
    tables: [sitesTable(sites, bytes, folder), flameTable(weigh(roots), folder)],
    facts,
    windowMs: Math.round(windowMs),
  };
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}

function sitesTable(sites: readonly Charged[], bytes: number, folder: string): Table {
  return {
    name: 'allocation_sites',
    title: 'What allocated the memory that is still in use',
    columns: [
      { name: 'function', title: 'Function' },
      { name: 'place', title: 'Place' },
      { name: 'bytes', title: 'Kept', unit: 'bytes' },
      { name: 'share', title: 'Share', unit: 'ratio' },
      { name: 'kind', title: 'Part of' },
    ],
    ...topRows(sites, MOST_SITES, ({ frame, kind, own }) => [
      nameOf(frame),
      placeOf(frame, folder),
      Math.round(own),
      own / bytes,
      kind,
    ]),
  };
}
