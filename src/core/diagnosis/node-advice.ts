import { formatValue } from '../unit.ts';
import type { CauseAdvice } from './cause.ts';
import { numberIn, textIn } from './cells.ts';
import type { ContainerView } from './container-view.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';

const MIB = 1024 * 1024;
/** Between 60 and 75 %: room for buffers, code and what is native. */
const HEAP_SHARE = 0.65;
/** libuv's default size of its pool. */
const THREADS = 4;
/** What waits in libuv's pool of threads, as Node names it. */
const POOLED = /^(GetAddrInfoReqWrap|FSReq|ZLIB|PBKDF2|Scrypt|RandomBytes|SignJob|VerifyJob)/i;

/** True for containers whose work is done by one thread of JavaScript per process. */
export function isNode({ role }: ContainerView): boolean {
  return role === 'node' || role === 'frontend';
}

/** The heap limit of Node in MiB for a memory limit in bytes. */
export function heapShare(limit: number): number {
  return Math.round((HEAP_SHARE * limit) / MIB);
}

/** A heap limit of Node in MiB as a setting of its environment. */
export function heapSetting(mib: number | undefined): string {
  return `NODE_OPTIONS=--max-old-space-size=${mib ?? '<MiB>'}`;
}

/** One process for each core, where one process is at the end of its core and the container has more of them. */
export function moreProcesses(view: ContainerView): readonly CauseAdvice[] {
  const cores = view.value('stats', 'cpu_limit_cores');
  const ratio = view.value('stats', 'cpu_ratio');
  if (!isNode(view) || cores === undefined || ratio === undefined || cores < 2 || ratio >= 0.8) return [];
  const count = Math.floor(cores);
  return [
    {
      title: `Run ${count} processes instead of one`,
      why: `One process cannot use more than one core, and the container may use ${formatValue(cores, 'cores')}. Write the number down: os.availableParallelism() and os.cpus() count the CPUs of the machine, not the quota of the container.`,
      risk: 'Each process has memory, caches and connection pools of its own: divide the pool size, and check the memory limit. A worker that ends is to be started again after a growing pause, else one that fails at its start is forked hundreds of times. Websockets need sticky sessions.',
      undo: 'Go back to one process.',
      source: 'https://nodejs.org/api/cluster.html',
    },
  ];
}

/** A larger pool of threads, only where the process was seen waiting for it. */
export function moreThreads(facts: Facts, service: string): readonly CauseAdvice[] {
  const resources = rowsOf(collectedFor(facts, 'node.runtime', service), 'resources');
  const waiting = resources
    .filter((row) => POOLED.test(textIn(row, 'kind')))
    .reduce((sum, row) => sum + (numberIn(row, 'count') ?? 0), 0);
  if (waiting < THREADS) return [];
  return [
    {
      title: 'Give look-ups, files and compression more threads',
      why: `${waiting} of them are under way in ${service}, and Node does ${THREADS} at a time. It helps these alone; connections and queries use no thread.`,
      effect: 'changes',
      command: 'UV_THREADPOOL_SIZE=16',
      risk: 'Some memory for each thread. Needs a new container. A slow name server stays slow: a cache of names helps more.',
      undo: 'remove the variable again',
      source: 'https://nodejs.org/api/cli.html#uv_threadpool_sizesize',
    },
  ];
}
