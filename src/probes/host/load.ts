import type { Metric, Observation, Point } from '../../core/evidence.ts';
import type { Probe, ProbeContext } from '../../engine/ports/probe.ts';
import { type CpuTimes, parseCpuTimes, toCpuShares } from './cpu-times.ts';
import type { HostFiles } from './host-files.ts';
import { hiddenProcesses, readOwnLimits, toLimitFacts } from './own-limits.ts';
import { observeLoadWithoutProc } from './portable.ts';
import { pressureMetrics, readPressure } from './pressure.ts';
import { busiestProcesses, readProcesses, toProcessTable } from './processes.ts';
import { type Sampled, sampleTwice, WindowParams } from './window.ts';

type LoadContext = ProbeContext<'host', WindowParams>;

/** CPU of the machine over a window: busy, iowait, steal, pressure, the busiest processes; load average last. */
export function hostLoadProbe(host: HostFiles): Probe<'host', WindowParams> {
  return {
    name: 'host.load',
    title: 'CPU of the host',
    targetKind: 'host',
    cost: 'light',
    timeoutMs: 10_000,
    params: WindowParams,
    async collect(context) {
      context.signal.throwIfAborted();
      if ((await readCpuTimes(host)) === undefined) return observeLoadWithoutProc(context);
      return collectFromProc(host, context);
    },
  };
}

async function readCpuTimes({ proc }: HostFiles): Promise<CpuTimes | undefined> {
  const text = await proc.read('stat');
  return text === undefined ? undefined : parseCpuTimes(text);
}

async function readSample(host: HostFiles, signal: AbortSignal) {
  return {
    cpu: await readCpuTimes(host),
    pressure: await readPressure(host.proc, 'cpu'),
    processes: await readProcesses(host.proc, signal),
  };
}
type LoadSample = Awaited<ReturnType<typeof readSample>>;

async function collectFromProc(host: HostFiles, context: LoadContext): Promise<Observation> {
  const { signal, now, params } = context;
  const readings: { at: number; cpu: CpuTimes | undefined }[] = [];
  const note = async () => void readings.push({ at: now(), cpu: await readCpuTimes(host) });
  await note();
  const sampled = await sampleTwice({
    proc: host.proc,
    windowMs: params.window,
    signal,
    read: () => readSample(host, signal),
    during: note,
  });
  readings.push({ at: now(), cpu: sampled.after.cpu });
  const pressure = pressureMetrics({
    resource: 'cpu',
    names: { some: 'cpu_pressure_ratio' },
    before: sampled.before.pressure,
    after: sampled.after.pressure,
    seconds: sampled.seconds,
  });
  const processes = busiestProcesses(sampled.before.processes, sampled.after.processes, sampled.seconds);
  return {
    metrics: [
      ...cpuMetrics(sampled),
      ...pressure.metrics,
      ...(await loadMetrics(host, sampled)),
      ...(await fileMetrics(host)),
    ],
    series: [{ name: 'cpu_busy_ratio', unit: 'ratio', points: toBusyPoints(readings) }],
    tables: [
      await toProcessTable({
        proc: host.proc,
        processes,
        title: 'Busiest processes',
        names: await host.names(signal),
      }),
    ],
    facts: toLimitFacts(await readOwnLimits(host.cgroup)),
    gaps: [...pressure.gaps, ...(await hiddenProcesses(host.proc))],
    windowMs: Math.round(sampled.seconds * 1000),
  };
}

function cpuMetrics({ before, after }: Sampled<LoadSample>): readonly Metric[] {
  const shares = before.cpu && after.cpu && toCpuShares(before.cpu, after.cpu);
  if (shares === undefined) return [];
  return [
    { name: 'cpu_busy_ratio', value: shares.busy, unit: 'ratio' },
    { name: 'iowait_ratio', value: shares.iowait, unit: 'ratio' },
    { name: 'steal_ratio', value: shares.steal, unit: 'ratio' },
  ];
}

async function loadMetrics({ proc }: HostFiles, { after }: Sampled<LoadSample>): Promise<readonly Metric[]> {
  const cpus = after.cpu?.cpus ?? 0;
  const load1 = Number((await proc.read('loadavg'))?.split(' ')[0]);
  if (cpus === 0) return [];
  return [
    { name: 'cpus', value: cpus, unit: 'count' },
    ...(Number.isFinite(load1)
      ? [{ name: 'load1_per_cpu', value: load1 / cpus, unit: 'count' } as const]
      : []),
  ];
}

/** All that is open on the machine; on most machines of today the limit is beyond reach. */
async function fileMetrics({ proc }: HostFiles): Promise<readonly Metric[]> {
  const fields = (await proc.read('sys/fs/file-nr'))?.trim().split(/\s+/).map(Number) ?? [];
  const [open, , limit] = fields;
  if (open === undefined || !Number.isFinite(open)) return [];
  return [
    { name: 'open_files', value: open, unit: 'count' },
    ...(limit !== undefined && limit > 0
      ? [{ name: 'open_files_ratio', value: open / limit, unit: 'ratio' } as const]
      : []),
  ];
}

function toBusyPoints(
  readings: readonly { readonly at: number; readonly cpu: CpuTimes | undefined }[],
): readonly Point[] {
  return readings.slice(1).flatMap(({ at, cpu }, index) => {
    const before = readings[index]?.cpu;
    const shares = before && cpu && toCpuShares(before, cpu);
    return shares ? [{ at, value: shares.busy }] : [];
  });
}
