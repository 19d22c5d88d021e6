import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { throttledShare } from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { changeHeapCap, HEAP_OF_CONTAINER, heapCapLine } from '../heap-cap.ts';
import { memoryLimit, raiseMemory } from '../memory-advice.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NodeView } from '../node-view.ts';
import { leakingSite } from './app-memory-leak.ts';

/** clinic.js doctor: 100 ms of every second. A healthy program that allocates much gets there too. */
const MUCH_GC = 0.1;
/** Of what the heap may keep, still in use after a full collection. */
const FULL_HEAP = 0.8;
const MIB = 1024 * 1024;
const ROOM = 1.5;

/** The heap is full of objects in use, so that garbage collection runs again and again and frees next to nothing. */
export const appGcThrashRule = nodeRule({
  id: 'app.gc_thrash',
  needs: ['runtime', 'prometheus'],
  judge(view, facts): NodeVerdict | undefined {
    if (!view.has('runtime')) return judgeFromPrometheus(view);
    const gc = view.value('runtime', 'gc_ratio');
    if (gc === undefined) return { unclear: 'this version of Node does not tell its garbage collection' };
    const spent = `garbage collection takes ${formatValue(gc, 'ratio')} of the time`;
    if (gc < MUCH_GC) return { clear: spent };
    const full = heapAfter(view);
    if (full === undefined) return { clear: `${spent}, but no full collection was needed` };
    const used = `${formatValue(full.ratio, 'ratio')} of what it may hold`;
    if (full.ratio <= FULL_HEAP) {
      return { clear: `${spent}, but after a full one the heap holds ${used}: it makes much garbage` };
    }
    const leaks = leakingSite(view) !== undefined;
    return {
      found: {
        title: 'Heap full: garbage collection takes the time',
        summary: `In ${view.service} ${spent}, and after a full collection its heap still holds ${used}: it frees next to nothing and starts over.`,
        // A leak that is seen is the reason, and this is what it leads to.
        confidence: leaks ? 0.75 : throttledShare(view) === undefined ? 0.93 : 0.7,
        evidence: lines(
          view.line('runtime', 'gc_ratio', spent, MUCH_GC),
          view.line(full.source, 'heap_after_gc_ratio', `heap after a full collection: ${used}`, FULL_HEAP),
          view.line('runtime', 'gc_max_pause_ms', 'longest collection'),
          view.line('cpu', 'gc_share', 'of its CPU time goes into garbage collection'),
          view.outside && heapCapLine(view.outside),
        ),
        against: [],
        advice: adviceFor(view, facts, full),
      },
    };
  },
});

/** A client library knows neither the limit of the heap nor what a full collection left: what the heap never fell below. */
function judgeFromPrometheus(view: NodeView): NodeVerdict | undefined {
  const gc = view.value('prometheus', 'gc_ratio');
  const floor = view.value('prometheus', 'heap_floor_ratio');
  if (gc === undefined) return undefined;
  const spent = `garbage collection takes ${formatValue(gc, 'ratio')} of the time`;
  if (gc < MUCH_GC) return { clear: spent };
  if (floor === undefined) return { unclear: `${spent}, but how full its heap is was not measured` };
  const held = `its heap never fell below ${formatValue(floor, 'ratio')} of what it has taken`;
  if (floor <= FULL_HEAP) return { clear: `${spent}, but the heap gets emptied: it makes much garbage` };
  return {
    found: {
      title: 'Heap full: garbage collection takes the time',
      summary: `In ${view.service} ${spent}, and ${held}, by what it tells Prometheus: it frees little and starts over.`,
      confidence: throttledShare(view) === undefined ? 0.55 : 0.4,
      evidence: lines(
        view.line('prometheus', 'gc_ratio', spent, MUCH_GC),
        view.line('prometheus', 'heap_floor_ratio', held, FULL_HEAP),
      ),
      against: [],
      advice: [
        {
          title: 'Look at the heap of the process',
          why: 'Only the process itself knows the limit of its heap and what a full collection leaves. With node: { inspect: true } in services.yaml the run measures both.',
          effect: 'reads',
          command: `/perf run memory ${view.service}`,
          risk: 'The inspector of the process is open on its own loopback for some seconds.',
          source: 'https://nodejs.org/en/learn/diagnostics/memory/using-gc-traces',
        },
      ],
    },
  };
}

interface FullHeap {
  readonly source: 'runtime' | 'heap';
  readonly ratio: number;
  readonly bytes: number;
}

function heapAfter(view: NodeView): FullHeap | undefined {
  for (const source of ['runtime', 'heap'] as const) {
    const ratio = view.value(source, 'heap_after_gc_ratio');
    const bytes = view.value(source, 'heap_after_gc_bytes');
    if (ratio !== undefined && bytes !== undefined) return { source, ratio, bytes };
  }
  return undefined;
}

function adviceFor({ outside }: NodeView, facts: Facts, { bytes, ratio }: FullHeap): readonly CauseAdvice[] {
  const nowMib = Math.round(bytes / ratio / MIB);
  const wanted = Math.ceil(ROOM * nowMib);
  const container = outside && memoryLimit(outside);
  const tooLarge = container !== undefined && wanted * MIB > HEAP_OF_CONTAINER * container;
  return [
    ...(tooLarge && outside ? [raiseMemory(outside, facts)] : []),
    changeHeapCap(outside, wanted, {
      title: 'Give the heap more room',
      why: `What is in use needs ${formatValue(bytes, 'bytes')} of ${formatValue(nowMib * MIB, 'bytes')}; with room above it a collection frees something each time.${tooLarge ? ' The container has to get more memory first.' : ''}`,
      risk: 'Needs a new container. A leak fills the new heap as well; keep it at 75 % of the container limit at most.',
    }),
  ];
}
