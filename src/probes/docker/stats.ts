import { z } from 'zod';
import type { Gap, Metric, Observation } from '../../core/evidence.ts';
import { Duration } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import { pause } from '../pause.ts';
import { type CgroupReading, cgroupGaps, cgroupMetrics, type KernelFiles, readCgroup } from './cgroup.ts';
import type { DockerClient } from './client.ts';
import { containerFacts } from './container-facts.ts';
import { type EventCounts, readEventCounts } from './event-counts.ts';
import { findContainer } from './find-container.ts';
import { healthTables } from './health-table.ts';
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
  /** Where the kernel shows processes and cgroups; the places of the host unless they are mounted elsewhere. */
  readonly kernel?: KernelFiles;
}

const HOST: KernelFiles = { procRoot: '/proc', cgroupRoot: '/sys/fs/cgroup' };

/** CPU, memory, network, disk and process count of one container, its restarts and out-of-memory events. */
export function dockerStatsProbe({
  docker,
  kernel = HOST,
}: DockerStatsOptions): Probe<'container', z.infer<typeof Params>> {
  return {
    name: 'docker.stats',
    title: 'Container CPU, memory and state',
    targetKind: 'container',
    cost: 'moderate',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const details = await findContainer(docker, target, signal);
      const watch = { kernel, details, signal, now };
      const [{ counts, gaps }, { readings, cgroup }, host] = await Promise.all([
        readEventCounts(docker, details, { signal, now }),
        watchCgroup(watch, () => readSamples(docker, details, { ...params, signal })),
        docker.info(signal),
      ]);
      const after = await docker.inspect(details.Id, signal);
      const state = {
        metrics: stateMetrics(after, counts),
        tables: healthTables(after),
        facts: { ...containerFacts(after), ...eventFacts(counts) },
        gaps,
      };
      if (!after.State.Running || after.State.Restarting) return { ...state, windowMs: 0 };
      if (after.State.StartedAt !== details.State.StartedAt) {
        return { ...state, gaps: [...gaps, RESTARTED], windowMs: 0 };
      }
      const measured = toStatsObservation({ details: after, readings, hostMemoryBytes: host.MemTotal });
      return merge(merge(measured, cgroup), state);
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

interface Watch {
  readonly kernel: KernelFiles;
  readonly details: ContainerDetails;
  readonly signal: AbortSignal;
  readonly now: Clock;
}

/** What the cgroup of the container counts while `during` takes its readings. */
async function watchCgroup(
  { kernel, details, signal, now }: Watch,
  during: () => Promise<readonly ContainerStats[]>,
): Promise<{ readonly readings: readonly ContainerStats[]; readonly cgroup: Observation }> {
  const container = { id: details.Id, pid: details.State.Pid ?? 0 };
  const startedAt = now();
  const before = await readCgroup(kernel, container, signal);
  const readings = await during();
  const after = await readCgroup(kernel, container, signal);
  const metrics = cgroupMetrics(before, after, (now() - startedAt) / 1000);
  return { readings, cgroup: { metrics, facts: oomFacts(after), gaps: cgroupGaps(after) } };
}

/** The count of the kernel outlives the events that the engine remembers. */
function oomFacts(reading: CgroupReading | undefined): Readonly<Record<string, string>> {
  return reading?.oomKills === undefined ? {} : { oom_kills_since_start: String(reading.oomKills) };
}

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

function merge(first: Observation, second: Omit<Observation, 'series' | 'windowMs'>): Observation {
  return {
    ...first,
    metrics: [...first.metrics, ...second.metrics],
    tables: [...(first.tables ?? []), ...(second.tables ?? [])],
    facts: { ...second.facts, ...first.facts },
    gaps: [...(first.gaps ?? []), ...(second.gaps ?? [])],
  };
}
