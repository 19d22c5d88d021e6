import { heapCapIn } from '../node/heap-cap.ts';
import { formatValue } from '../unit.ts';
import type { CauseAdvice, EvidenceLine } from './cause.ts';
import { type ContainerView, DOCKER_PROBES } from './container-view.ts';
import { memoryLimit } from './memory-advice.ts';
import { heapSetting, heapShare, isNode } from './node-advice.ts';

const MIB = 1024 * 1024;
/** A heap of more than this part of the container leaves no room for buffers and code. */
export const HEAP_OF_CONTAINER = 0.75;
const SOURCE = 'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib';

interface HeapCap {
  readonly mib: number;
  /** The command line beats NODE_OPTIONS. */
  readonly from: 'command' | 'environment';
}

/** The heap limit that the container gives to Node, as far as its command lines and NODE_OPTIONS tell from outside. */
export function heapCap(view: ContainerView): HeapCap | undefined {
  const command = heapCapIn((view.topCommand ?? '').split(/\s+/));
  if (typeof command === 'number') return { mib: command, from: 'command' };
  for (const from of ['command', 'environment'] as const) {
    const mib = Number(view.fact(`heap_cap_${from}_mib`) ?? Number.NaN);
    if (Number.isFinite(mib)) return { mib, from };
  }
  return undefined;
}

/** What the limit of the heap is beside that of the container; nothing for other programs, and where neither is known. */
export function heapCapLine(view: ContainerView): EvidenceLine | undefined {
  const cap = heapCap(view);
  const limit = memoryLimit(view);
  if (cap === undefined) return isNode(view) && limit !== undefined ? uncappedLine(view) : undefined;
  const part =
    limit === undefined ? '' : `, ${formatValue((cap.mib * MIB) / limit, 'ratio')} of the memory limit`;
  return {
    probe: DOCKER_PROBES.stats,
    metric: 'heap_cap_bytes',
    value: cap.mib * MIB,
    unit: 'bytes',
    ...(limit !== undefined && { threshold: Math.round(HEAP_OF_CONTAINER * limit) }),
    text: `${cap.from === 'command' ? 'its command' : 'NODE_OPTIONS'} lets the heap of Node grow to ${cap.mib} MiB${part}`,
  };
}

/** The same for a container whose memory is full: a heap that leaves room is not what fills it. */
export function heapShareLine(view: ContainerView): EvidenceLine | undefined {
  const line = heapCapLine(view);
  return line && leavesRoom(view)
    ? { ...line, text: `${line.text}: what fills the rest is outside of the heap` }
    : line;
}

function uncappedLine(view: ContainerView): EvidenceLine | undefined {
  // Where neither was read, or it is a share of the memory, nothing can be said.
  if (view.fact('heap_cap') !== 'none') return undefined;
  return {
    probe: DOCKER_PROBES.stats,
    metric: 'heap_cap',
    value: 'none',
    text: 'no --max-old-space-size in its command or in NODE_OPTIONS: what Node takes by itself does not follow a small limit',
  };
}

/** True when the heap is told to stay so far below the limit of the container that it alone cannot reach that. */
function leavesRoom(view: ContainerView): boolean {
  const cap = heapCap(view);
  const limit = memoryLimit(view);
  return cap !== undefined && limit !== undefined && cap.mib * MIB <= HEAP_OF_CONTAINER * limit;
}

/** Advice to keep the heap of Node below the memory limit of its container; none where it is, and for other programs. */
export function heapBelowLimit(view: ContainerView): readonly CauseAdvice[] {
  if (leavesRoom(view) || view.fact('heap_cap') === 'share') return [];
  if (!isNode(view) && heapCap(view) === undefined) return [];
  const limit = memoryLimit(view);
  return [
    changeHeapCap(view, limit === undefined ? undefined : heapShare(limit), {
      title: 'Keep the heap of Node below the limit',
      why: 'A heap limit at 60 to 75 % of the container leaves room for buffers and code: Node then collects garbage in time, or ends with a readable error.',
      risk: 'Needs a new container; too small a heap makes garbage collection slow.',
    }),
  ];
}

/** Another heap limit, set where this container has it, with the way back. `mib` undefined: for the reader to choose. */
export function changeHeapCap(
  view: ContainerView | undefined,
  mib: number | undefined,
  { title, why, risk }: { readonly title: string; readonly why: string; readonly risk: string },
): CauseAdvice {
  const cap = view && heapCap(view);
  if (cap?.from === 'command')
    return {
      title: mib === undefined ? title : `${title}: --max-old-space-size=${mib} in its command`,
      why: `${why} It is ${cap.mib} in the command of the container, which beats NODE_OPTIONS: it has to be changed there.`,
      risk,
      undo: `Set it to ${cap.mib} again.`,
      source: SOURCE,
    };
  return {
    title,
    why: `${why} Keep the other options that are in the variable.`,
    effect: 'changes',
    command: heapSetting(mib),
    risk,
    undo: cap
      ? `Set --max-old-space-size=${cap.mib} in NODE_OPTIONS again.`
      : 'Set NODE_OPTIONS to what it was before.',
    source: SOURCE,
  };
}
