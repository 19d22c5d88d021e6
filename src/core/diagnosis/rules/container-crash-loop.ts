import { formatDuration } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { ageOf, type ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import { isV8HeapOom } from './app-v8-heap-oom.ts';
import { exitCode, wasOomKilled } from './container-oom.ts';

const LEAST_RESTARTS = 2;
const RECENT_START_MS = 600_000;

/** The container ends and is started again, over and over. */
export const containerCrashLoopRule = containerRule({
  id: 'container.crash_loop',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    const restarts = restartsOf(view);
    if (restarts === undefined) return undefined;
    if (!isLooping(view, restarts)) {
      const since = uptimeMs(view);
      const uptime =
        since === undefined || view.value('stats', 'running') === 0
          ? ''
          : `, up for ${formatDuration(since)}`;
      return { clear: `${restarts} restarts${uptime}`, near: Math.min(0.9, restarts / 10) };
    }
    const code = exitCode(view);
    const last = lastWords(view);
    return {
      found: {
        title: 'Crash loop',
        summary: `${view.service} ended and was started again ${restarts} times${code === undefined ? '' : `, last with code ${code}`}${last ? `: ${last.text}` : ''}.`,
        // Out of memory is the reason, the loop only what one sees of it.
        confidence:
          wasOomKilled(view) || isV8HeapOom(view) ? 0.6 : view.fact('status') === 'running' ? 0.9 : 0.95,
        evidence: lines(
          view.line(
            'stats',
            'restart_count',
            `restarts: ${view.value('stats', 'restart_count') ?? 'unknown'}`,
            LEAST_RESTARTS,
          ),
          view.line('stats', 'die_events', 'unwanted ends in the last hour'),
          view.factLine('status', `status ${view.fact('status')}`),
          last,
        ),
        against: [],
        advice: [
          {
            title: 'Read why it ends',
            why: 'The last lines before each end name the reason; while it restarts it answers nobody.',
            effect: 'reads',
            command: `docker logs --tail 50 ${view.container}`,
            source: 'https://docs.docker.com/reference/cli/docker/container/logs/',
          },
          {
            title: 'Stop the loop while you look',
            why: 'Each start costs CPU and may write to the database again.',
            effect: 'changes',
            command: `docker update --restart=no ${view.container}`,
            risk: 'It stays down after its next end.',
            undo: `docker update --restart=${view.fact('restart_policy') ?? 'unless-stopped'} ${view.container}`,
            source: 'https://docs.docker.com/engine/containers/start-containers-automatically/',
          },
        ],
      },
    };
  },
});

/** Docker resets its own count at a manual start, so the events of the last hour count as well. */
function restartsOf(view: ContainerView): number | undefined {
  const counts = [view.value('stats', 'restart_count'), view.value('stats', 'die_events')];
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** True when a container ended several times without anybody asking for it, and goes on doing so or was given up. */
export function isCrashLoop(view: ContainerView): boolean {
  return isLooping(view, restartsOf(view) ?? 0);
}

function isLooping(view: ContainerView, restarts: number): boolean {
  if (restarts < LEAST_RESTARTS) return false;
  if (view.fact('status') === 'restarting') return true;
  const ended = view.value('stats', 'running') === 0;
  // Given up after its last allowed try: still a loop that ended badly.
  if (ended) return view.fact('restart_policy') === 'on-failure' && exitCode(view) !== '0';
  const uptime = uptimeMs(view);
  return uptime !== undefined && uptime < RECENT_START_MS;
}

function uptimeMs(view: ContainerView): number | undefined {
  return ageOf(view, 'started_at');
}

function lastWords(view: ContainerView): EvidenceLine | undefined {
  const pattern = view.patterns.find(({ level }) => level === 'fatal' || level === 'error');
  if (pattern === undefined) return undefined;
  const text = pattern.example.split('\n', 1)[0]?.slice(0, 160) ?? '';
  return { probe: 'docker.logs', metric: 'patterns', value: pattern.count, unit: 'count', text };
}
