import { formatDuration, formatValue } from '../../unit.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { ageOf, type ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import { heapBelowLimit, heapShareLine } from '../heap-cap.ts';
import { memoryLimit, raiseMemory } from '../memory-advice.ts';

/** Exit code of a process that was killed by SIGKILL. */
const KILLED = '137';

/** The kernel killed the main process because the container reached its memory limit. */
export const containerOomKillRule = containerRule({
  id: 'container.oom_kill',
  needs: 'stats',
  judge(view, facts): ContainerVerdict | undefined {
    const events = view.value('stats', 'oom_events');
    if (!wasOomKilled(view)) {
      if (exitCode(view) !== KILLED) return { clear: noOom(events), near: 0 };
      if (events === undefined)
        return { unclear: 'it ended with code 137, but out-of-memory events cannot be read' };
      return {
        clear: `it ended with code 137 without an out-of-memory event: somebody or the stop timeout killed it`,
        near: 0.5,
      };
    }
    const limit = limitText(view);
    return {
      found: {
        title: 'Out of memory: the kernel killed the container',
        summary: `The main process of ${view.service} was killed because the container reached its memory limit${limit}.`,
        confidence: isLongAgo(view) ? 0.6 : view.fact('oom_killed') === 'true' ? 0.97 : 0.93,
        evidence: lines(
          view.factLine('oom_killed', 'Docker says that it was killed for lack of memory'),
          view.line('stats', 'oom_events', `out-of-memory kills in the last hour: ${events ?? 'unknown'}`),
          view.factLine(exitCodeFact(view), `exit code ${exitCode(view)} (SIGKILL)`),
          heapShareLine(view),
        ),
        against: longAgo(view),
        advice: [raiseMemory(view, facts), ...heapBelowLimit(view)],
      },
    };
  },
});

/** The kernel killed a process of the container, but not its main one: the flag of older Docker engines stays silent. */
export const containerOomChildRule = containerRule({
  id: 'container.oom_child',
  needs: 'stats',
  judge(view, facts): ContainerVerdict | undefined {
    const events = view.value('stats', 'oom_events');
    if (events === undefined) return { unclear: 'out-of-memory events cannot be read' };
    if (events === 0) return { clear: noOom(events), near: 0 };
    if (wasOomKilled(view)) return undefined;
    return {
      found: {
        title: 'Out of memory: a child process was killed',
        summary: `In ${view.service} the kernel killed ${events === 1 ? 'a process' : `processes ${events} times`} at the memory limit${limitText(view)}, while the main process lives on.`,
        confidence: isLongAgo(view) ? 0.6 : 0.9,
        evidence: lines(
          view.line('stats', 'oom_events', `out-of-memory kills in the last hour: ${events}`),
          view.fact('oom_killed') === 'true'
            ? view.factLine('started_at', 'the main process has run since before the last of them')
            : view.factLine('oom_killed', "Docker's flag for the main process is not set"),
          view.line('stats', 'memory_ratio', 'memory in use now'),
        ),
        against: longAgo(view),
        advice: [raiseMemory(view, facts)],
      },
    };
  },
});

/** A kill that the container has outlived by this much explains less of what is slow now. */
const LONG_AGO_MS = 900_000;

function isLongAgo(view: ContainerView): boolean {
  return view.value('stats', 'running') === 1 && (ageOf(view, 'last_oom_at') ?? 0) > LONG_AGO_MS;
}

function longAgo(view: ContainerView) {
  if (!isLongAgo(view)) return [];
  return lines(
    view.factLine(
      'last_oom_at',
      `it has run without another for ${formatDuration(ageOf(view, 'last_oom_at') ?? 0)}`,
    ),
  );
}

/**
 * True when the main process of the container was killed for lack of memory, now or before its last restart. Newer
 * engines set the flag for every process that is killed, and clear it at the next start (moby, `daemon/monitor.go`).
 */
export function wasOomKilled(view: ContainerView): boolean {
  if (view.fact('oom_killed') === 'true' && !isOutlived(view)) return true;
  return (view.value('stats', 'oom_events') ?? 0) > 0 && exitCode(view) === KILLED;
}

/** True when the main process that runs now has run since before the last kill. */
function isOutlived(view: ContainerView): boolean {
  const killedAt = Date.parse(view.fact('last_oom_at') ?? '');
  const startedAt = Date.parse(view.fact('started_at') ?? '');
  return view.value('stats', 'running') === 1 && killedAt > startedAt;
}

/** How the main process ended: now, or in the last hour when it runs again. */
export function exitCode(view: ContainerView): string | undefined {
  return view.fact(exitCodeFact(view));
}

function exitCodeFact(view: ContainerView): 'exit_code' | 'last_exit_code' {
  return view.fact('exit_code') === undefined ? 'last_exit_code' : 'exit_code';
}

function noOom(events: number | undefined): string {
  return events === undefined
    ? 'Docker has no out-of-memory flag on it'
    : 'no out-of-memory kill in the last hour';
}

function limitText(view: ContainerView): string {
  const limit = memoryLimit(view);
  return limit === undefined ? '' : ` of ${formatValue(limit, 'bytes')}`;
}
