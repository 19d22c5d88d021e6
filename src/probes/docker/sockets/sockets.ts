import { z } from 'zod';
import { ProbeError } from '../../../core/errors.ts';
import type { Gap, Observation } from '../../../core/evidence.ts';
import { Milliseconds } from '../../../core/quantity.ts';
import type { Probe } from '../../../engine/ports/probe.ts';
import type { Clock } from '../../../engine/ports/runtime.ts';
import { pause } from '../../pause.ts';
import type { DockerClient } from '../client.ts';
import { createContainerAddresses } from '../container-addresses.ts';
import { findContainer } from '../find-container.ts';
import { toGap } from '../gap.ts';
import { PS_ARGUMENTS, parseTop, sharesPids } from '../process-times.ts';
import type { ContainerDetails } from '../schemas.ts';
import { readNetwork } from './network-reading.ts';
import { createPeerNames } from './peer-names.ts';
import { describeDescriptors, readDescriptors } from './process-descriptors.ts';
import { nearestToLimit, type SeenProcess, toProcessesObservation } from './processes-observation.ts';
import { toNetworkObservation } from './sockets-observation.ts';

const MAX_PROCESSES = 50;

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(10_000))
    .default(2000)
    .describe('time between the two readings, for example 2s'),
});

export interface DockerSocketsOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'top'>;
  /** Where the kernel shows processes; `/proc` unless the host's is mounted elsewhere. */
  readonly procRoot?: string;
}

/** Open files, threads and TCP connections of a container as the kernel shows them; nothing is run in the container. */
export function dockerSocketsProbe({
  docker,
  procRoot = '/proc',
}: DockerSocketsOptions): Probe<'container', z.infer<typeof Params>> {
  return {
    name: 'docker.sockets',
    title: 'Open files and connections of a container',
    targetKind: 'container',
    cost: 'moderate',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const details = await findContainer(docker, target, signal);
      const pid = mainProcess(details);
      if (!(await sharesPids(procRoot, pid, details.Id, signal)))
        return { metrics: [], gaps: [ELSEWHERE], windowMs: 0 };
      const look = { docker, procRoot, details, pid, signal };
      const [processes, network] = await Promise.all([
        observeProcesses(look),
        observeNetwork({ ...look, windowMs: params.window, now }),
      ]);
      return merge(processes, network);
    },
  };
}

interface Look {
  readonly docker: DockerSocketsOptions['docker'];
  readonly procRoot: string;
  readonly details: ContainerDetails;
  readonly pid: number;
  readonly signal: AbortSignal;
}

const ELSEWHERE: Gap = {
  what: 'open files and connections',
  reason:
    'perfbot does not see the processes of this container: it runs on another machine or in a container.',
  mend: 'run perfbot on the Docker host, or give its container pid: host (docker run --pid host)',
};

const HOST_NETWORK: Gap = {
  what: 'connections',
  reason: 'The container uses the network of the host: its connections cannot be told from those of others.',
};

function mainProcess({ Name, State }: ContainerDetails): number {
  const pid = State.Pid ?? 0;
  if (State.Running && State.Restarting !== true && pid > 0) return pid;
  throw new ProbeError('not_found', `container ${Name} has no processes: ${State.Status}`, {
    userMessage: `${Name} has no open files and no connections: it is ${State.Status}.`,
    mend: `docker start ${Name}`,
  });
}

async function observeProcesses(look: Look): Promise<Observation> {
  const { procRoot, signal } = look;
  const { listed, gaps } = await listProcesses(look);
  const seen = await Promise.all(
    listed.slice(0, MAX_PROCESSES).map(async ({ pid, command }) => {
      const read = await readDescriptors(procRoot, pid, signal);
      return read && { ...read, command };
    }),
  );
  const processes: readonly SeenProcess[] = seen.filter((process) => process !== undefined);
  const nearest = nearestToLimit(processes);
  const kinds = nearest && (await describeDescriptors(procRoot, nearest.pid));
  const observed = toProcessesObservation(processes, kinds);
  return { ...observed, gaps: [...(observed.gaps ?? []), ...gaps] };
}

/** All processes of the container; where the engine does not list them, its main one. */
async function listProcesses({ docker, details, pid, signal }: Look) {
  try {
    const listed = parseTop(await docker.top(details.Id, PS_ARGUMENTS, signal));
    return { listed, gaps: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    return {
      listed: [{ pid, command: 'main process' }],
      gaps: [toGap('open files of all but the main process', error)],
    };
  }
}

async function observeNetwork({
  docker,
  procRoot,
  details,
  pid,
  signal,
  windowMs,
  now,
}: Look & { readonly windowMs: number; readonly now: Clock }): Promise<Observation> {
  if (details.HostConfig.NetworkMode === 'host') return { metrics: [], gaps: [HOST_NETWORK] };
  const startedAt = now();
  const before = await readNetwork(procRoot, pid, signal);
  await pause(windowMs, signal);
  const after = await readNetwork(procRoot, pid, signal);
  const took = now() - startedAt;
  if (before === undefined || after === undefined) return { metrics: [], gaps: [ELSEWHERE] };
  const names = createPeerNames(createContainerAddresses(await docker.containers(signal)), details.Name);
  return toNetworkObservation({ before, after, windowMs: took, names });
}

function merge(processes: Observation, network: Observation): Observation {
  return {
    metrics: [...processes.metrics, ...network.metrics],
    tables: [...(network.tables ?? []), ...(processes.tables ?? [])],
    ...(processes.facts && { facts: processes.facts }),
    gaps: [...(processes.gaps ?? []), ...(network.gaps ?? [])],
    windowMs: network.windowMs ?? 0,
  };
}
