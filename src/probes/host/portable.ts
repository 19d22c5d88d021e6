import { cpus, freemem, loadavg, type as osType, totalmem } from 'node:os';
import type { Gap, Observation } from '../../core/evidence.ts';
import { pause } from '../pause.ts';
import type { WindowParams } from './window.ts';

interface PortableContext {
  readonly params: WindowParams;
  readonly signal: AbortSignal;
}

/** CPU of a host without `/proc` (macOS, Windows): what Node can tell; all else is a gap. */
export async function observeLoadWithoutProc({ params, signal }: PortableContext): Promise<Observation> {
  const before = cpuTicks();
  await pause(params.window, signal);
  const after = cpuTicks();
  const total = after.total - before.total;
  const load1 = loadavg()[0] ?? 0;
  return {
    metrics: [
      ...(total > 0
        ? [
            {
              name: 'cpu_busy_ratio',
              value: Math.min(1, Math.max(0, 1 - (after.idle - before.idle) / total)),
              unit: 'ratio',
            } as const,
          ]
        : []),
      { name: 'cpus', value: cpus().length, unit: 'count' },
      // Windows has no load average and reports 0.
      ...(load1 > 0 ? [{ name: 'load1_per_cpu', value: load1 / cpus().length, unit: 'count' } as const] : []),
    ],
    gaps: [linuxOnly('iowait, steal, CPU pressure and processes')],
    windowMs: params.window,
  };
}

/** Memory of a host without `/proc`: total and free. Free is less than available, so no ratio is derived from it. */
export function observeMemoryWithoutProc(): Observation {
  return {
    metrics: [{ name: 'memory_total_bytes', value: totalmem(), unit: 'bytes' }],
    facts: { free_memory_bytes: String(freemem()) },
    gaps: [linuxOnly('available memory, swap and memory pressure')],
    windowMs: 0,
  };
}

/** A gap for what only Linux shows. */
export function linuxOnly(what: string): Gap {
  return {
    what,
    reason: `${osType()} has no /proc`,
    mend: 'run perfbot on the Linux machine that runs the containers',
  };
}

function cpuTicks(): { readonly total: number; readonly idle: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const total = times.reduce(
    (sum, { user, nice, sys, idle: rest, irq }) => sum + user + nice + sys + rest + irq,
    0,
  );
  return { total, idle };
}
