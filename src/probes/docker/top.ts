import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap, Observation, Table } from '../../core/evidence.ts';
import { redactSecrets } from '../../core/logs/redact-secrets.ts';
import { Duration } from '../../core/quantity.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import { pause } from '../pause.ts';
import type { DockerClient } from './client.ts';
import { findContainer } from './find-container.ts';
import { type ProcessSample, PS_ARGUMENTS, parseTop, readCpuMs, sharesPids } from './process-times.ts';

const MAX_ROWS = 20;
const MAX_COMMAND = 300;
/** `ps` counts CPU in whole seconds, so a shorter window would measure nothing. */
const COARSE_WINDOW_MS = 5000;

const Params = z.object({
  /** Time between the two readings, where the kernel's own counters can be read. */
  window: Duration.default(2000),
});

export interface DockerTopOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'top'>;
  /** Where the kernel shows processes; `/proc` unless the host's is mounted elsewhere. */
  readonly procRoot?: string;
}

/** The processes of a container with the CPU that each used between two readings; secrets in arguments are hidden. */
export function dockerTopProbe({
  docker,
  procRoot = '/proc',
}: DockerTopOptions): Probe<'container', z.infer<typeof Params>> {
  return {
    name: 'docker.top',
    title: 'Processes of a container',
    targetKind: 'container',
    cost: 'moderate',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const { Id, Name, State } = await findContainer(docker, target, signal);
      if (!State.Running || State.Restarting) throw notRunning(Name, State.Status);
      const read = async () => parseTop(await docker.top(Id, PS_ARGUMENTS, signal));
      const [first] = await read();
      const precise = first !== undefined && (await sharesPids(procRoot, first.pid, Id, signal));
      const sampling = { read: precise ? () => preciseReading(read, procRoot, signal) : read, now };
      const before = await sample(sampling);
      await pause(precise ? params.window : Math.max(params.window, COARSE_WINDOW_MS), signal);
      return toObservation(before, await sample(sampling), precise);
    },
  };
}

interface Sample {
  readonly at: number;
  readonly processes: readonly ProcessSample[];
}

async function sample({
  read,
  now,
}: {
  read: () => Promise<readonly ProcessSample[]>;
  now: Clock;
}): Promise<Sample> {
  const processes = await read();
  return { at: now(), processes };
}

/** CPU times with 10 ms instead of 1 s; a process that ended meanwhile is left out. */
async function preciseReading(
  read: () => Promise<readonly ProcessSample[]>,
  procRoot: string,
  signal: AbortSignal,
): Promise<readonly ProcessSample[]> {
  const processes = await Promise.all(
    (await read()).map(async (process) => {
      const cpuMs = await readCpuMs(procRoot, process.pid, signal);
      return cpuMs === undefined ? undefined : { ...process, cpuMs };
    }),
  );
  return processes.filter((process) => process !== undefined);
}

function notRunning(name: string, status: string): ProbeError {
  return new ProbeError('not_found', `container ${name} has no processes: ${status}`, {
    userMessage: `${name} has no processes: it is ${status}.`,
    mend: `docker start ${name}`,
  });
}

interface Usage extends ProcessSample {
  /** Undefined for a process that started between the readings. */
  readonly cores: number | undefined;
}

function toObservation(before: Sample, after: Sample, precise: boolean): Observation {
  const windowMs = after.at - before.at;
  const known = new Map(before.processes.map((process) => [process.pid, process.cpuMs]));
  const usages: readonly Usage[] = after.processes
    .map((process) => {
      const cpuBefore = known.get(process.pid);
      const used = cpuBefore === undefined ? undefined : process.cpuMs - cpuBefore;
      return {
        ...process,
        cores: used !== undefined && used >= 0 && windowMs > 0 ? used / windowMs : undefined,
      };
    })
    .sort((a, b) => (b.cores ?? -1) - (a.cores ?? -1) || b.rssBytes - a.rssBytes);
  const top = usages[0]?.cores;
  return {
    metrics: [
      { name: 'processes', value: usages.length, unit: 'count' },
      ...(top === undefined ? [] : [{ name: 'top_process_cpu_cores', value: top, unit: 'cores' } as const]),
    ],
    tables: [processTable(usages)],
    gaps: precise ? [] : [coarseGap(windowMs)],
    windowMs,
  };
}

function coarseGap(windowMs: number): Gap {
  return {
    what: 'CPU per process below one second',
    reason: `The processes are only visible through Docker, which counts whole seconds: values are ± ${(1000 / windowMs).toFixed(1)} cores.`,
    mend: 'run perfbot on the Docker host, or in a container with --pid host',
  };
}

function processTable(usages: readonly Usage[]): Table {
  return {
    name: 'processes',
    title: 'Processes',
    columns: [
      { name: 'pid', title: 'PID' },
      { name: 'command', title: 'Command', format: 'log' },
      { name: 'cpu_cores', title: 'CPU', unit: 'cores' },
      { name: 'memory_bytes', title: 'Memory', unit: 'bytes' },
      { name: 'user', title: 'User' },
    ],
    ...topRows(usages, MAX_ROWS, ({ pid, command, cores, rssBytes, user }) => [
      String(pid),
      redactSecrets(command).slice(0, MAX_COMMAND),
      cores ?? null,
      rssBytes,
      user,
    ]),
  };
}
