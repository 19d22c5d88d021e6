import type { Cause, EvidenceLine, Verdict } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { ageOf, type ContainerView, DOCKER_PROBES } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { DiagnosisRule } from '../rule.ts';
import { isV8HeapOom } from './app-v8-heap-oom.ts';
import { isCrashLoop } from './container-crash-loop.ts';
import { exitCode, wasOomKilled } from './container-oom.ts';

const ID = 'container.stopped';
/** Ends that somebody asked for: by itself, or by SIGTERM or SIGKILL of `docker stop`. */
const ORDERLY: Readonly<Record<string, string>> = {
  '0': 'by itself',
  '143': 'by a stop',
  '137': 'by a kill',
};

const present = containerRule({
  id: ID,
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    const status = view.fact('status') ?? 'unknown';
    const running = view.value('stats', 'running');
    if (running === undefined || status === 'restarting') return undefined;
    if (running === 1 && status !== 'paused') return { clear: `it is ${status}`, near: 0 };
    const code = exitCode(view);
    return {
      found: {
        title: status === 'paused' ? 'The container is paused' : 'The container is not running',
        summary: `${view.service} is ${status}${code === undefined ? '' : ` (exit code ${code}${ORDERLY[code] ? `, ended ${ORDERLY[code]}` : ''})`}: nothing answers.`,
        confidence: confidenceOf(view, code),
        evidence: lines(
          view.line('stats', 'running', `status ${status}`),
          view.factLine('exit_code', `exit code ${code}`),
          view.factLine('finished_at', `ended at ${view.fact('finished_at')}`),
          view.factLine('error', `Docker says: ${view.fact('error')}`),
        ),
        against: [],
        advice: adviceOf(view, status),
      },
    };
  },
});

/** The container is not running, or not there at all. */
export const containerStoppedRule: DiagnosisRule = {
  ids: [ID],
  evaluate(facts) {
    const missing = facts.evidence.flatMap((evidence): readonly Verdict[] => {
      if (evidence.status !== 'unavailable' || evidence.probe !== DOCKER_PROBES.stats) return [];
      if (evidence.reason !== 'not_found') return [];
      return [{ kind: 'cause', cause: missingCause(evidence.service, evidence.message) }];
    });
    const known = present.evaluate(facts);
    return missing.length === 0 ? known : [...missing, ...known.filter(({ kind }) => kind !== 'undecided')];
  },
};

/** Another rule may know why it ended; what was stopped in order, or hours ago, may be meant to be down. */
function confidenceOf(view: ContainerView, code: string | undefined): number {
  if (wasOomKilled(view) || isV8HeapOom(view) || isCrashLoop(view)) return 0.88;
  if (code !== undefined && code in ORDERLY) return 0.6;
  return isOldNews(view) ? 0.7 : 0.95;
}

/** What has been down for hours may be meant to be. */
function isOldNews(view: ContainerView): boolean {
  return view.value('stats', 'running') === 0 && (ageOf(view, 'finished_at') ?? 0) > 3_600_000;
}

function adviceOf(view: ContainerView, status: string): Cause['advice'] {
  const paused = status === 'paused';
  return [
    {
      title: paused ? 'Let it run again' : 'Start it again',
      why: paused
        ? 'A paused container keeps its connections and answers none of them.'
        : 'Nothing else brings it back: its restart policy did not.',
      effect: 'changes',
      command: `docker ${paused ? 'unpause' : 'start'} ${view.container}`,
      risk: 'If it ended for a reason that lasts, it ends again: read its log first.',
      undo: `docker ${paused ? 'pause' : 'stop'} ${view.container}`,
      source: `https://docs.docker.com/reference/cli/docker/container/${paused ? 'unpause' : 'start'}/`,
    },
    {
      title: 'Read its last lines',
      why: 'They tell whether it was stopped or failed.',
      effect: 'reads',
      command: `docker logs --tail 50 ${view.container}`,
      source: 'https://docs.docker.com/reference/cli/docker/container/logs/',
    },
  ];
}

function missingCause(service: string, message: string): Cause {
  const line: EvidenceLine = {
    probe: DOCKER_PROBES.stats,
    metric: 'running',
    value: 'not found',
    text: message,
  };
  return {
    id: ID,
    title: 'The container is not there',
    service,
    summary: `Docker has no container for ${service}: it was removed or has another name.`,
    confidence: 0.85,
    evidence: [line],
    against: [],
    advice: [
      {
        title: 'Look for it under another name',
        why: 'A new deployment may have renamed it; then services.yaml needs the new name.',
        effect: 'reads',
        command: 'docker ps --all --format "{{.Names}}  {{.Status}}"',
        source: 'https://docs.docker.com/reference/cli/docker/container/ls/',
      },
    ],
  };
}
