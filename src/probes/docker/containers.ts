import pLimit from 'p-limit';
import { z } from 'zod';
import type { Cell, Observation } from '../../core/evidence.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from './client.ts';
import { parseDockerTime } from './container-facts.ts';
import { isGone } from './gap.ts';
import type { ContainerDetails } from './schemas.ts';

const MAX_CONTAINERS = 200;
const PARALLEL_CALLS = 4;

const Params = z.object({});

export interface DockerContainersOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect'>;
}

/** Every container with its state, health, restarts and last exit. */
export function dockerContainersProbe({
  docker,
}: DockerContainersOptions): Probe<'engine', z.infer<typeof Params>> {
  return {
    name: 'docker.containers',
    title: 'Containers',
    targetKind: 'engine',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ signal }) {
      const all = await docker.containers(signal);
      const parallel = pLimit(PARALLEL_CALLS);
      const looks = await Promise.all(
        all.slice(0, MAX_CONTAINERS).map(({ Id }) => parallel(() => look(docker, Id, signal))),
      );
      // A container that went away between the list and the look at it is not there any more.
      return toObservation(
        looks.filter((details) => details !== undefined),
        all.length - Math.min(all.length, MAX_CONTAINERS),
      );
    },
  };
}

async function look(
  docker: DockerContainersOptions['docker'],
  id: string,
  signal: AbortSignal,
): Promise<ContainerDetails | undefined> {
  try {
    return await docker.inspect(id, signal);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function toObservation(containers: readonly ContainerDetails[], omittedRows: number): Observation {
  const count = (test: (details: ContainerDetails) => boolean) => containers.filter(test).length;
  const stopped = ({ State }: ContainerDetails) => ['exited', 'dead', 'created'].includes(State.Status);
  return {
    metrics: [
      { name: 'containers_running', value: count(({ State }) => State.Status === 'running'), unit: 'count' },
      { name: 'containers_stopped', value: count(stopped), unit: 'count' },
      {
        name: 'containers_unhealthy',
        value: count(({ State }) => State.Running && State.Health?.Status === 'unhealthy'),
        unit: 'count',
      },
      {
        name: 'containers_restarting',
        value: count(({ State }) => State.Status === 'restarting'),
        unit: 'count',
      },
    ],
    tables: [
      {
        name: 'containers',
        title: 'Containers',
        columns: [
          { name: 'name', title: 'Container' },
          { name: 'image', title: 'Image' },
          { name: 'state', title: 'State' },
          { name: 'status', title: 'Status' },
          { name: 'health', title: 'Health' },
          { name: 'started_at', title: 'Started', unit: 'timestamp' },
          { name: 'restart_count', title: 'Restarts', unit: 'count' },
          { name: 'exit_code', title: 'Exit code', unit: 'count' },
          { name: 'oom_killed', title: 'OOM killed' },
        ],
        rows: [...containers]
          .sort((a, b) => trouble(b) - trouble(a) || a.Name.localeCompare(b.Name))
          .map(toRow),
        ...(omittedRows > 0 && { omittedRows }),
      },
    ],
    windowMs: 0,
  };
}

/** The containers that somebody should look at come first. */
function trouble({ State, RestartCount }: ContainerDetails): number {
  if (State.Status === 'restarting') return 4;
  if (State.Health?.Status === 'unhealthy') return 3;
  if (State.Status !== 'running' && (State.ExitCode !== 0 || State.OOMKilled === true)) return 2;
  return RestartCount > 0 ? 1 : 0;
}

function toRow({ Name, Config, State, RestartCount }: ContainerDetails): readonly Cell[] {
  const over = State.Status === 'exited' || State.Status === 'restarting' || State.Status === 'dead';
  return [
    Name,
    Config.Image,
    State.Status,
    over ? `exited with ${State.ExitCode}` : State.Status,
    State.Health?.Status ?? null,
    parseDockerTime(State.StartedAt) ?? null,
    RestartCount,
    over ? State.ExitCode : null,
    String(State.OOMKilled ?? false),
  ];
}
