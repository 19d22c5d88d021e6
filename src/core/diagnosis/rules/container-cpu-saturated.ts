import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { type ContainerView, processText } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import { moreProcesses } from '../node-advice.ts';
import { THROTTLED_HIGH } from './container-cpu-throttled.ts';

/** Share of the limit from which hardly any CPU is left. */
const AT_LIMIT = 0.9;
/** One JavaScript thread cannot use more than one core. */
const ONE_CORE = 0.9;
const BUSY_PROCESS = 0.85;

/** The container uses all CPU it may use, or a Node process all of the one core that its thread can use. */
export const containerCpuSaturatedRule = containerRule({
  id: 'container.cpu_saturated',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    const cores = view.value('stats', 'cpu_cores');
    const ratio = view.value('stats', 'cpu_ratio');
    if (cores === undefined || ratio === undefined) return undefined;
    const used = `${formatValue(ratio, 'ratio')} of its CPU limit (${formatValue(cores, 'cores')})`;
    if (isThrottled(view)) return { clear: 'the quota stops it before its code can use more', near: 0.5 };
    if (!isSaturated(view)) return { clear: `uses ${used}`, near: ratio / AT_LIMIT };
    return {
      found: {
        title: 'CPU used up by the application',
        summary: `${view.service} uses ${used}${processText(view)}.`,
        confidence: confidenceOf(view, ratio),
        evidence: lines(
          view.line('stats', 'cpu_ratio', `CPU at ${used}`, AT_LIMIT),
          view.line('top', 'top_process_cpu_cores', `busiest process: ${view.topProcess ?? 'unknown'}`),
          view.line('stats', 'throttled_ratio', 'the quota hardly stops it'),
        ),
        against: againstOf(view, ratio),
        advice: [profileAdvice(view), ...moreProcesses(view)],
      },
    };
  },
});

/** A single process keeps a core busy although its container has CPU to spare. */
export const appCpuBusyRule = containerRule({
  id: 'app.cpu_busy',
  needs: 'top',
  judge(view): ContainerVerdict | undefined {
    const cores = view.value('top', 'top_process_cpu_cores');
    if (cores === undefined) return undefined;
    const used = formatValue(cores, 'cores');
    if (cores < BUSY_PROCESS)
      return { clear: `its busiest process uses ${used}`, near: cores / BUSY_PROCESS };
    if (isThrottled(view) || isSaturated(view)) return undefined;
    return {
      found: {
        title: 'A process keeps one core busy',
        summary: `In ${view.service} one process uses ${used}${processText(view)}.`,
        confidence: view.role === 'postgres' || view.role === 'redis' ? 0.45 : 0.6,
        evidence: lines(
          view.line(
            'top',
            'top_process_cpu_cores',
            `${view.topProcess ?? 'one process'} uses ${used}`,
            BUSY_PROCESS,
          ),
          view.line('stats', 'cpu_ratio', 'the container as a whole has CPU to spare'),
        ),
        against: [],
        advice: [profileAdvice(view)],
      },
    };
  },
});

function isThrottled(view: ContainerView): boolean {
  return (view.value('stats', 'throttled_ratio') ?? 0) >= THROTTLED_HIGH;
}

function isSaturated(view: ContainerView): boolean {
  const ratio = view.value('stats', 'cpu_ratio') ?? 0;
  if (ratio >= AT_LIMIT) return true;
  if (view.role !== 'node' && view.role !== 'frontend') return false;
  const process = view.value('top', 'top_process_cpu_cores') ?? 1;
  return (view.value('stats', 'cpu_cores') ?? 0) >= ONE_CORE && process >= BUSY_PROCESS;
}

/** A database that is busy has a reason in its statements; a number that is high every day explains nothing new. */
function confidenceOf(view: ContainerView, ratio: number): number {
  if (isUsual(view, ratio)) return 0.5;
  if (view.role === 'postgres' || view.role === 'redis') return 0.55;
  return view.has('top') ? 0.85 : 0.75;
}

function isUsual(view: ContainerView, ratio: number): boolean {
  const usual = view.usual('stats', 'cpu_ratio');
  return usual !== undefined && usual >= 0.9 * ratio;
}

function againstOf(view: ContainerView, ratio: number) {
  return lines(
    isUsual(view, ratio) ? view.line('stats', 'cpu_ratio', 'it uses as much CPU at other times') : undefined,
    view.role === 'postgres' || view.role === 'redis'
      ? view.line(
          'stats',
          'cpu_ratio',
          'a busy database is more often the result of what it is asked than the reason',
        )
      : undefined,
  );
}

function profileAdvice(view: ContainerView): CauseAdvice {
  if (view.role === 'node' || view.role === 'frontend') {
    return {
      title: 'Look at the event loop of the process',
      why: 'JavaScript runs in one thread: while one function computes, every other request of the process waits. With node: { inspect: true } in services.yaml the run measures how long.',
      effect: 'reads',
      command: `/perf run high-cpu ${view.service}`,
      risk: 'The inspector of the process is open on its own loopback for some seconds.',
      source: 'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
    };
  }
  return {
    title: 'See what the busiest process does',
    why: 'The name of the process tells which part of the load to look at.',
    effect: 'reads',
    command: `docker top ${view.container} -eo pid,pcpu,cputimes,args`,
    source: 'https://docs.docker.com/reference/cli/docker/container/top/',
  };
}
