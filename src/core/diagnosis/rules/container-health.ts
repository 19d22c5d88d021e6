import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';

/** Docker's own words for a check that did not end in time. */
const TIMED_OUT = /exceeded timeout|timed out/i;

/** The health check fails with an answer. */
export const containerUnhealthyRule = containerRule({
  id: 'container.unhealthy',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    if (!isUnhealthy(view)) return clearOf(view);
    if (timedOut(view))
      return { clear: 'its health check does not fail, it does not answer in time', near: 0.5 };
    return {
      found: {
        title: 'Health check fails',
        summary: `The health check of ${view.service} fails${streak(view)}: ${view.fact('health_output') ?? 'no output'}.`,
        confidence: 0.7,
        ...evidenceOf(view),
        advice: [
          {
            title: 'Run the health check by hand',
            why: 'Its output names what does not answer; Docker itself does nothing about an unhealthy container.',
            effect: 'reads',
            command: `docker inspect --format '{{json .State.Health}}' ${view.container}`,
            source: 'https://docs.docker.com/reference/dockerfile/#healthcheck',
          },
        ],
      },
    };
  },
});

/** The health check gives no answer in time: the application is too busy or hangs, or the time is too short. */
export const containerHealthTimeoutRule = containerRule({
  id: 'container.health_timeout',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    if (!isUnhealthy(view)) return clearOf(view);
    if (!timedOut(view)) return { clear: 'its health check answers in time, with a failure', near: 0.5 };
    return {
      found: {
        title: 'Health check gives no answer in time',
        summary: `The health check of ${view.service} runs into its timeout${streak(view)}: the application hangs or is too slow to answer it.`,
        confidence: 0.75,
        ...evidenceOf(view),
        advice: [
          {
            title: 'See what the application is doing',
            why: 'A check that times out means that the process accepts work and does not finish it: a blocked event loop, a full pool, a dependency that hangs.',
            effect: 'reads',
            command: `docker inspect --format '{{json .State.Health}}' ${view.container}`,
            source: 'https://docs.docker.com/reference/dockerfile/#healthcheck',
          },
          {
            title: 'Give the check more time, if it is slow by nature',
            why: 'A timeout below the usual response time makes a healthy container unhealthy.',
            effect: 'changes',
            command: 'healthcheck: { timeout: 10s }',
            risk: 'A real hang is noticed later.',
            undo: 'set the old timeout again',
            source: 'https://docs.docker.com/reference/compose-file/services/#healthcheck',
          },
        ],
      },
    };
  },
});

function isUnhealthy(view: ContainerView): boolean {
  return view.fact('health') === 'unhealthy' && view.value('stats', 'running') !== 0;
}

function timedOut(view: ContainerView): boolean {
  return TIMED_OUT.test(view.fact('health_output') ?? '');
}

function clearOf(view: ContainerView): ContainerVerdict | undefined {
  if (view.value('stats', 'running') === 0) return undefined;
  const health = view.fact('health');
  if (health === 'healthy') return { clear: 'its health check passes', near: 0 };
  return health === 'starting' ? { unclear: 'its health check has not finished yet' } : undefined;
}

function streak(view: ContainerView): string {
  const failures = Number(view.fact('failing_streak'));
  return failures > 0 ? ` (${failures} times in a row)` : '';
}

function evidenceOf(view: ContainerView) {
  return {
    evidence: lines(
      view.factLine('health', 'Docker calls it unhealthy'),
      view.factLine('failing_streak', `failed checks in a row: ${view.fact('failing_streak')}`),
      view.factLine('health_output', `last check: ${view.fact('health_output')}`),
    ),
    against: [],
  };
}
