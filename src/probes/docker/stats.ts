import { z } from 'zod';
import type { Gap, Metric, Observation } from '../../core/evidence.ts';
import { Duration } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from './client.ts';
import { containerFacts } from './container-facts.ts';
import { type EventCounts, readEventCounts } from './event-counts.ts';
import { findContainer } from './find-container.ts';
import { pause } from './pause.ts';
import type { ContainerDetails, ContainerStats } from './schemas.ts';
import { toStatsObservation } from './stats-observation.ts';

const Params = z.object({
  /** Readings; the first and the last give the metrics, all of them the series. */
  samples: z.number().int().min(2).max(20).default(4),
  /** Time between two readings. */
  interval: Duration.default(1000),
});

export interface DockerStatsOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'stats' | 'events' | 'info'>;
}

/** CPU, memory, network, disk and process count of one container, its restarts and out-of-memory events. */
export function dockerStatsProbe({ docker }: DockerStatsOptions): Probe<'container', z.infer<typeof Params>> {
  return {
    name: 'docker.stats',
    title: 'Container CPU, memory and state',
    targetKind: 'container',
    cost: 'moderate',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const details = await findContainer(docker, target, signal);
      const [{ counts, gaps }, readings, host] = await Promise.all([
        readEventCounts(docker, details, { signal, now }),
        readSamples(docker, details, { ...params, signal }),
        docker.info(signal),
      ]);
      const after = await docker.inspect(details.Id, signal);
      const state = stateMetrics(after, counts);
      const facts = { ...containerFacts(after), ...eventFacts(counts) };
      if (!after.State.Running || after.State.Restarting) return { metrics: state, facts, gaps, windowMs: 0 };
      if (after.State.StartedAt !== details.State.StartedAt) {
        return { metrics: state, facts, gaps: [...gaps, RESTARTED], windowMs: 0 };
      }
      const measured = toStatsObservation({ details: after, readings, hostMemoryBytes: host.MemTotal });
      return merge(measured, state, facts, gaps);
    },
  };
}

function eventFacts(counts: EventCounts | undefined): Readonly<Record<string, string>> {
  const { lastExitCode, lastOomAt } = counts ?? {};
  return {
    ...(lastExitCode !== undefined && { last_exit_code: lastExitCode }),
    ...(lastOomAt !== undefined && { last_oom_at: lastOomAt }),
  };
}

const RESTARTED: Gap = {
  what: 'CPU and memory',
  reason: 'The container started again between two readings.',
};

interface Sampling {
  readonly samples: number;
  readonly interval: number;
  readonly signal: AbortSignal;
}

async function readSamples(
  docker: DockerStatsOptions['docker'],
  { Id, State }: ContainerDetails,
  { samples, interval, signal }: Sampling,
): Promise<readonly ContainerStats[]> {
  if (!State.Running || State.Restarting) return [];
  const readings = [await docker.stats(Id, signal)];
  while (readings.length < samples) {
    await pause(interval, signal);
    readings.push(await docker.stats(Id, signal));
  }
  return readings;
}

function stateMetrics(
  { State, RestartCount }: ContainerDetails,
  counts: EventCounts | undefined,
): readonly Metric[] {
  const running = State.Running && !State.Restarting;
  return [
    { name: 'running', value: running ? 1 : 0, unit: 'count' },
    { name: 'restart_count', value: RestartCount, unit: 'count' },
    ...(counts === undefined
      ? []
      : [
          { name: 'oom_events', value: counts.oom, unit: 'count' } as const,
          { name: 'die_events', value: counts.die, unit: 'count' } as const,
        ]),
  ];
}

function merge(
  measured: Observation,
  state: readonly Metric[],
  facts: Readonly<Record<string, string>>,
  gaps: readonly Gap[],
): Observation {
  return {
    ...measured,
    metrics: [...measured.metrics, ...state],
    facts: { ...facts, ...measured.facts },
    gaps: [...(measured.gaps ?? []), ...gaps],
  };
}
