import { join } from 'node:path';
import type { Gap, Metric } from '../../core/evidence.ts';
import { type Pressure, parsePressure, toPressureRatio } from '../host/pressure.ts';
import { readKernelFile } from '../kernel-file.ts';

/** Where the kernel shows processes and cgroups; other roots when the host's are mounted into a container. */
export interface KernelFiles {
  readonly procRoot: string;
  readonly cgroupRoot: string;
}

const RESOURCES = ['cpu', 'memory', 'io'] as const;
type Resource = (typeof RESOURCES)[number];
/** The names that the probes of the host use. */
const PRESSURE_NAMES: Readonly<Record<Resource, string>> = {
  cpu: 'cpu_pressure_ratio',
  memory: 'memory_pressure_some_ratio',
  io: 'io_pressure_some_ratio',
};

/** What the kernel counts for the cgroup of a container, since it was made. */
export interface CgroupReading {
  /** 2: one tree for all controllers. 1: also with a version 2 beside it, as systemd's hybrid layout has. */
  readonly version: 1 | 2;
  /** Empty where the kernel does not count it: with version 1 alone, or started without PSI. */
  readonly pressure: Readonly<Partial<Record<Resource, Pressure>>>;
  /** How often the memory limit was reached and something had to give way. */
  readonly limitHits: number | undefined;
  readonly oomKills: number | undefined;
}

/** Reads the cgroup of a container by its main process; undefined where it cannot be seen from here. */
export async function readCgroup(
  { procRoot, cgroupRoot }: KernelFiles,
  container: { readonly id: string; readonly pid: number },
  signal: AbortSignal,
): Promise<CgroupReading | undefined> {
  const read = (...path: readonly string[]) => readKernelFile(join(...path), signal);
  const paths = parseCgroupPaths((await read(procRoot, String(container.pid), 'cgroup')) ?? '');
  // Above its own cgroup namespace the kernel shows a path from there (`/../…`), which leads nowhere below the mount.
  const own = [...paths.values()].filter((path) => path.includes(container.id) && !path.startsWith('/..'));
  if (own.length === 0) return undefined;
  const unified = paths.get('') ?? '';
  const readUnified = async (file: string) =>
    // The second place is that of a machine that has both versions mounted.
    (await read(cgroupRoot, unified, file)) ?? (await read(cgroupRoot, 'unified', unified, file));
  const memory = paths.get('memory') ?? '';
  const [cpu, memoryPressure, io, events, failures, oomControl] = await Promise.all([
    ...RESOURCES.map((resource) => readUnified(`${resource}.pressure`)),
    readUnified('memory.events'),
    read(cgroupRoot, 'memory', memory, 'memory.failcnt'),
    read(cgroupRoot, 'memory', memory, 'memory.oom_control'),
  ]);
  return {
    version: paths.has('memory') ? 1 : 2,
    pressure: Object.fromEntries(
      [cpu, memoryPressure, io].flatMap((text, index) => {
        const pressure = parsePressure(text ?? '');
        return pressure ? [[RESOURCES[index], pressure]] : [];
      }),
    ),
    limitHits: countIn(events, 'max') ?? countIn(failures && `failcnt ${failures}`, 'failcnt'),
    oomKills: countIn(events, 'oom_kill') ?? countIn(oomControl, 'oom_kill'),
  };
}

/** `/proc/<pid>/cgroup`: the path by controller; that of cgroup v2 has none. */
function parseCgroupPaths(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, controllers, ...path] = line.split(':');
      if (controllers === undefined) return [];
      return controllers.split(',').map((controller) => [controller, path.join(':')] as const);
    }),
  );
}

/** What two readings say of the time between them: shares of waiting, and how often the memory limit was reached. */
export function cgroupMetrics(
  before: CgroupReading | undefined,
  after: CgroupReading | undefined,
  seconds: number,
): readonly Metric[] {
  if (before === undefined || after === undefined || seconds <= 0) return [];

  const hits =
    before.limitHits === undefined || after.limitHits === undefined ? -1 : after.limitHits - before.limitHits;
  return [
    ...RESOURCES.flatMap((resource): readonly Metric[] => {
      const [from, to] = [before.pressure[resource], after.pressure[resource]];
      if (from === undefined || to === undefined) return [];
      return [
        {
          name: PRESSURE_NAMES[resource],
          value: toPressureRatio(from.someUs, to.someUs, seconds),
          unit: 'ratio',
        },
      ];
    }),
    ...(hits >= 0
      ? [{ name: 'memory_limit_hits_per_second', value: hits / seconds, unit: 'per_second' } as const]
      : []),
  ];
}

/** What of the cgroup could not be read, with what would allow it. */
export function cgroupGaps(reading: CgroupReading | undefined): readonly Gap[] {
  if (reading === undefined)
    return [
      {
        what: 'pressure of the container',
        reason: 'perfbot does not see the cgroup of this container from where it runs.',
        mend: 'run perfbot on the Docker host, or give its container pid: host and cgroup: host',
      },
    ];
  if (Object.keys(reading.pressure).length > 0) return [];
  return [
    {
      what: 'pressure of the container',
      ...(reading.version === 2
        ? { reason: 'The kernel of the host counts no pressure (PSI).', mend: 'boot the host with psi=1' }
        : {
            reason: 'The kernel reports pressure of containers only with cgroup v2.',
            mend: 'boot the host with systemd.unified_cgroup_hierarchy=1 and psi=1',
          }),
    },
  ];
}

function countIn(text: string | undefined, name: string): number | undefined {
  const count = new RegExp(`^${name} (\\d+)`, 'm').exec(text ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
}
