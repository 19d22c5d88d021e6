import { metricValue } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import type { CauseAdvice } from './cause.ts';
import type { ContainerView } from './container-view.ts';
import { collectedBy, type Facts } from './facts.ts';

const MIB = 1024 * 1024;
/** Of what is free on the machine, the part that one container may get: the rest is page cache and peaks of others. */
const PART_OF_FREE = 0.5;
/** A rise of less than this only puts the next kill off. */
const WORTH_WHILE = 0.25;

/** Memory limit in bytes, or undefined when there is none. */
export function memoryLimit(view: ContainerView): number | undefined {
  const limit = view.value('stats', 'memory_limit_bytes') ?? Number(view.fact('memory_limit_bytes'));
  return Number.isFinite(limit) ? limit : undefined;
}

/** Advice to raise the memory limit by what the machine has to spare, with the way back. */
export function raiseMemory(view: ContainerView, facts: Facts): CauseAdvice {
  const base = {
    title: 'Raise the memory limit of the container',
    why: 'At the limit the kernel kills a process of the container at once, without a word in its log.',
    risk: 'The memory must be free on the machine, and a leak fills the new limit too. Set it in the compose file as well.',
    source: 'https://docs.docker.com/engine/containers/resource_constraints/#memory',
  };
  const limit = memoryLimit(view);
  const swap = swapLimit(view);
  if (limit === undefined || swap === undefined) return base;
  const [host] = collectedBy(facts, 'host.memory');
  const available = host && metricValue(host, 'memory_available_bytes');
  if (available === undefined)
    return { ...base, why: `${base.why} What is free on the machine was not measured: look before.` };
  const free = formatValue(available, 'bytes');
  const more = Math.floor(Math.min(limit, PART_OF_FREE * available) / MIB) * MIB;
  if (more < WORTH_WHILE * limit)
    return {
      ...base,
      title: 'Find memory before raising the limit of the container',
      why: `${base.why} The machine has only ${free} available: move something away, or give the machine more.`,
    };
  return {
    ...base,
    why: `${base.why} The machine has ${free} available.`,
    effect: 'changes',
    command: update(view.container, limit + more, swap > 0 ? swap + more : swap),
    undo: update(view.container, limit, swap),
  };
}

/** Memory and swap together, as Docker counts them: -1 without a limit, 0 where Docker keeps none. */
function swapLimit(view: ContainerView): number | undefined {
  const text = view.fact('memory_swap_bytes');
  const swap = Number(text);
  return text !== undefined && Number.isFinite(swap) ? swap : undefined;
}

function update(container: string, memory: number, swap: number): string {
  const withSwap = swap === 0 ? '' : ` --memory-swap ${swap < 0 ? '-1' : size(swap)}`;
  return `docker update --memory ${size(memory)}${withSwap} ${container}`;
}

/** In MiB where that is exact: the way back has to lead to the same limit. */
function size(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB}m` : `${bytes}b`;
}
