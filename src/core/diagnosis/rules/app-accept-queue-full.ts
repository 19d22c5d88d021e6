import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';

/** A program that keeps up accepts within milliseconds: this many that wait twice in a row are not kept up with. */
const LONG_QUEUE = 10;
const BUSY_CPU_RATIO = 0.9;
const STOPPED = 'T';

/** The kernel has taken connections that the program does not accept: callers hang or are refused. */
export const appAcceptQueueFullRule = containerRule({
  id: 'app.accept_queue_full',
  needs: 'sockets',
  judge(view): ContainerVerdict | undefined {
    const queue = view.value('sockets', 'accept_queue');
    if (queue === undefined) return undefined;
    const overflows = view.value('sockets', 'listen_overflows') ?? 0;
    const stopped = queue > 0 ? stoppedProcess(view) : undefined;
    if (overflows === 0 && queue < LONG_QUEUE && stopped === undefined)
      return {
        clear: `${formatValue(queue, 'count')} connections wait to be accepted`,
        near: queue / LONG_QUEUE,
      };
    const busy = (view.value('stats', 'cpu_ratio') ?? 0) >= BUSY_CPU_RATIO;
    const text = `${formatValue(queue, 'count')} connections wait on ${listener(view)} to be accepted`;
    return {
      found: {
        title: 'New connections are not accepted',
        summary: `${view.service}: ${text}${overflows > 0 ? `, and ${formatValue(overflows, 'count')} more found no room` : ''}${stopped === undefined ? '' : `; its process ${stopped} is stopped`}.`,
        confidence: confidenceOf({ overflows, isStopped: stopped !== undefined, busy }),
        evidence: lines(
          view.line('sockets', 'accept_queue', text, LONG_QUEUE),
          view.line('sockets', 'listen_overflows', 'connections that found the queue full', 0),
          stopped === undefined
            ? undefined
            : {
                probe: 'docker.sockets',
                metric: 'processes',
                value: STOPPED,
                text: `process ${stopped} is stopped by a signal or a debugger`,
              },
        ),
        against: busy
          ? lines(view.line('stats', 'cpu_ratio', 'it has no CPU to spare for accepting', BUSY_CPU_RATIO))
          : [],
        advice: adviceFor(view, stopped),
      },
    };
  },
});

function confidenceOf(seen: {
  readonly overflows: number;
  readonly isStopped: boolean;
  readonly busy: boolean;
}): number {
  if (seen.isStopped) return 0.95;
  // Without CPU the queue is what one sees of it, not its reason.
  return (seen.overflows > 0 ? 0.85 : 0.6) - (seen.busy ? 0.2 : 0);
}

function listener(view: ContainerView): string {
  const longest = view
    .rows('sockets', 'listeners')
    .toSorted((a, b) => (numberIn(b, 'waiting') ?? 0) - (numberIn(a, 'waiting') ?? 0))[0];
  return textIn(longest, 'listener') || 'a port';
}

/** The pid of a process that was stopped and not continued. */
function stoppedProcess(view: ContainerView): string | undefined {
  const row = view.rows('sockets', 'processes').find((process) => textIn(process, 'state') === STOPPED);
  return row && textIn(row, 'pid');
}

function adviceFor(view: ContainerView, stopped: string | undefined): readonly CauseAdvice[] {
  const look: CauseAdvice = {
    title: 'See what the process is doing',
    why: 'State T is stopped, D waits for a disk, R computes; one that sleeps has lost its listener or waits for a lock.',
    effect: 'reads',
    command: `docker top ${view.container} -eo pid,stat,wchan:20,args`,
    source: 'https://man7.org/linux/man-pages/man1/ps.1.html',
  };
  if (stopped !== undefined)
    return [
      look,
      {
        title: 'Let it go on',
        why: 'A process that got SIGSTOP, or whose debugger left it, goes on after SIGCONT.',
        effect: 'changes',
        command: `kill -CONT ${stopped}`,
        risk: 'Needs root on the host. It answers what has waited, to callers that may have given up.',
        undo: `kill -STOP ${stopped}`,
        source: 'https://man7.org/linux/man-pages/man7/signal.7.html',
      },
    ];
  return [
    look,
    {
      title: 'Give bursts more room',
      why: 'The queue is as long as the backlog of listen() and net.core.somaxconn allow, the smaller of both (511 in Node.js). It helps with bursts, not with a program that is too slow.',
      source: 'https://man7.org/linux/man-pages/man2/listen.2.html',
    },
  ];
}
