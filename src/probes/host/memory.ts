import type { Metric, Observation } from '../../core/evidence.ts';
import type { Probe, ProbeContext } from '../../engine/ports/probe.ts';
import type { HostFiles } from './host-files.ts';
import { type MemoryUse, parseMemoryUse } from './memory-use.ts';
import { hiddenProcesses, readOwnLimits, toLimitFacts } from './own-limits.ts';
import { observeMemoryWithoutProc } from './portable.ts';
import { pressureMetrics, readPressure } from './pressure.ts';
import { readProcesses, toProcessTable } from './processes.ts';
import { sampleTwice, WindowParams } from './window.ts';

/** Memory of the machine: available, swap, pressure over a window, the largest processes. */
export function hostMemoryProbe(host: HostFiles): Probe<'host', WindowParams> {
  return {
    name: 'host.memory',
    title: 'Memory of the host',
    targetKind: 'host',
    cost: 'light',
    timeoutMs: 10_000,
    params: WindowParams,
    async collect(context) {
      context.signal.throwIfAborted();
      const text = await host.proc.read('meminfo');
      const use = text === undefined ? undefined : parseMemoryUse(text);
      return use === undefined ? observeMemoryWithoutProc() : collectFromProc(host, use, context);
    },
  };
}

async function collectFromProc(
  host: HostFiles,
  use: MemoryUse,
  { signal, params }: ProbeContext<'host', WindowParams>,
): Promise<Observation> {
  const { proc } = host;
  const sampled = await sampleTwice({
    proc,
    windowMs: params.window,
    signal,
    read: () => readPressure(proc, 'memory'),
  });
  const pressure = pressureMetrics({
    resource: 'memory',
    names: { some: 'memory_pressure_some_ratio', full: 'memory_pressure_full_ratio' },
    ...sampled,
  });
  const largest = [...(await readProcesses(proc, signal)).values()].sort(
    (a, b) => b.residentPages - a.residentPages,
  );
  const names = await host.names(signal);
  return {
    metrics: [...memoryMetrics(use), ...pressure.metrics],
    tables: [await toProcessTable({ proc, processes: largest, title: 'Largest processes', names })],
    facts: {
      ...toLimitFacts(await readOwnLimits(host.cgroup)),
      ...(use.swapTotalBytes === 0 && { swap: 'none' }),
    },
    gaps: [...pressure.gaps, ...(await hiddenProcesses(proc))],
    windowMs: Math.round(sampled.seconds * 1000),
  };
}

function memoryMetrics(use: MemoryUse): readonly Metric[] {
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = use;
  return [
    { name: 'memory_used_ratio', value: 1 - availableBytes / totalBytes, unit: 'ratio' },
    { name: 'memory_available_bytes', value: availableBytes, unit: 'bytes' },
    { name: 'memory_total_bytes', value: totalBytes, unit: 'bytes' },
    ...(swapTotalBytes > 0
      ? [{ name: 'swap_used_ratio', value: 1 - swapFreeBytes / swapTotalBytes, unit: 'ratio' } as const]
      : []),
  ];
}
