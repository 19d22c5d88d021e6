import type { CauseAdvice, EvidenceLine } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView, PatternRow } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { changeHeapCap, heapCap, heapCapLine } from '../heap-cap.ts';
import { memoryLimit, raiseMemory } from '../memory-advice.ts';
import { heapShare } from '../node-advice.ts';
import { nodeViewOf } from '../node-view.ts';
import { exitCode, wasOomKilled } from './container-oom.ts';

const HEAP_MESSAGE = /heap out of memory|Reached heap limit|Ineffective mark-compacts/i;
const MIB = 1024 * 1024;
/** SIGABRT; as process 1 of a container Node ends with SIGSEGV instead. */
const ABORTED = ['134', '139'];

/** Node ended itself because its heap reached the limit of V8, which is lower than that of the container. */
export const appV8HeapOomRule = containerRule({
  id: 'app.v8_heap_oom',
  needs: 'stats',
  judge(view, facts): ContainerVerdict | undefined {
    const message = heapMessage(view);
    const code = exitCode(view);
    const aborted = code !== undefined && ABORTED.includes(code);
    if (message === undefined && !aborted) return clearOf(view, code);
    return {
      found: {
        title: 'Out of heap: Node ended itself',
        summary: `Node in ${view.service} reached the limit of its heap and ended${aborted ? ` with code ${code}` : ''}.`,
        confidence: confidenceOf(message !== undefined, aborted),
        evidence: lines(
          message && messageLine(message),
          aborted
            ? view.factLine(
                view.fact('exit_code') === undefined ? 'last_exit_code' : 'exit_code',
                `exit code ${code}`,
              )
            : undefined,
          heapCapLine(view),
        ),
        against:
          message === undefined && view.has('logs')
            ? lines(view.line('logs', 'lines', 'the log says nothing of a full heap'))
            : [],
        advice: [raiseHeap(view, facts), findLeak(view)],
      },
    };
  },
});

/** True when Node of this container ended because its heap was full. */
export function isV8HeapOom(view: ContainerView): boolean {
  return heapMessage(view) !== undefined && !wasOomKilled(view);
}

function heapMessage(view: ContainerView): PatternRow | undefined {
  return view.patterns.find(
    ({ pattern, example, count }) => count > 0 && HEAP_MESSAGE.test(`${pattern} ${example}`),
  );
}

function clearOf(view: ContainerView, code: string | undefined): ContainerVerdict | undefined {
  const end = code === undefined ? 'it did not end' : `it ended with code ${code}`;
  if (view.has('logs')) return { clear: `${end}, and no "heap out of memory" is in its log`, near: 0 };
  return code === undefined ? undefined : { clear: `${end}, not 134 or 139`, near: 0 };
}

function confidenceOf(told: boolean, aborted: boolean): number {
  if (told && aborted) return 0.97;
  // Other native code aborts and crashes with the same codes.
  return told ? 0.85 : 0.45;
}

function messageLine({ example, count }: PatternRow): EvidenceLine {
  return {
    probe: 'docker.logs',
    metric: 'patterns',
    value: count,
    unit: 'count',
    text: `in the log: ${example.slice(0, 160)}`,
  };
}

function raiseHeap(view: ContainerView, facts: Facts): CauseAdvice {
  const limit = memoryLimit(view);
  const wanted = limit === undefined ? undefined : heapShare(limit);
  const cap = heapCap(view)?.mib ?? measuredCap(view, facts);
  if (cap !== undefined && wanted !== undefined && wanted <= cap) return raiseMemory(view, facts);
  return changeHeapCap(view, wanted, {
    title: 'Give the heap a larger part of the memory',
    why: `Without a setting Node takes about half of the memory it sees; 60 to 75 % of the container limit is safe.${cap === undefined ? ' If it has a larger cap already, raise the memory limit instead.' : ` Its cap is ${cap} MiB.`}`,
    risk: 'A heap near the container limit ends in a kill by the kernel, without an error in the log. Needs a new container.',
  });
}

/** The heap limit in MiB of the process that runs now, where its heap was looked at. */
function measuredCap(view: ContainerView, facts: Facts): number | undefined {
  const node = nodeViewOf(facts, view.service);
  for (const source of ['runtime', 'heap'] as const) {
    const bytes = node?.value(source, 'heap_after_gc_bytes');
    const ratio = node?.value(source, 'heap_after_gc_ratio');
    if (bytes !== undefined && ratio) return Math.round(bytes / ratio / MIB);
  }
  return undefined;
}

function findLeak(view: ContainerView): CauseAdvice {
  return {
    title: 'See what keeps the memory',
    why: 'If the heap fills again after the change, something holds on to objects. With node: { inspect: true } in services.yaml the run shows the heap after a full collection, and its growth.',
    effect: 'reads',
    command: `/perf run memory ${view.service}`,
    risk: 'The inspector of the process is open on its own loopback for some seconds.',
    source: 'https://nodejs.org/en/learn/diagnostics/memory/using-heap-profiler',
  };
}
