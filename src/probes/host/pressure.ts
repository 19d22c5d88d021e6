import type { Gap, Metric } from '../../core/evidence.ts';
import type { ProcFiles } from './proc-files.ts';

/** Microseconds for which some or all tasks waited for a resource, since boot. */
export interface Pressure {
  readonly someUs: number;
  /** Absent where the kernel does not report it. */
  readonly fullUs?: number;
}

type PressureResource = 'cpu' | 'io' | 'memory';

/** Reads one file of `/proc/pressure` (Linux PSI); undefined when it holds no totals. */
export function parsePressure(text: string): Pressure | undefined {
  const total = (kind: string) => {
    const value = new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const someUs = total('some');
  const fullUs = total('full');
  if (someUs === undefined) return undefined;
  return { someUs, ...(fullUs !== undefined && { fullUs }) };
}

/** Pressure of one resource now, or undefined where the kernel has no PSI. */
export async function readPressure(
  proc: ProcFiles,
  resource: PressureResource,
): Promise<Pressure | undefined> {
  const text = await proc.read(`pressure/${resource}`);
  return text === undefined ? undefined : parsePressure(text);
}

/** Share of the window spent waiting, by the difference of totals: `avg10` would lag behind a short window. */
export function toPressureRatio(beforeUs: number, afterUs: number, seconds: number): number {
  return Math.min(1, Math.max(0, (afterUs - beforeUs) / 1e6 / seconds));
}

/** Names the metrics of one resource; a kernel without PSI is a gap, never "no pressure". */
export function pressureMetrics(options: {
  readonly resource: PressureResource;
  readonly names: { readonly some: string; readonly full?: string };
  readonly before: Pressure | undefined;
  readonly after: Pressure | undefined;
  readonly seconds: number;
}): { readonly metrics: readonly Metric[]; readonly gaps: readonly Gap[] } {
  const { names, before, after, seconds } = options;
  if (before === undefined || after === undefined)
    return { metrics: [], gaps: [noPressure(options.resource)] };
  const some = toPressureRatio(before.someUs, after.someUs, seconds);
  const metrics: Metric[] = [{ name: names.some, value: some, unit: 'ratio' }];
  if (names.full !== undefined && before.fullUs !== undefined && after.fullUs !== undefined) {
    const full = toPressureRatio(before.fullUs, after.fullUs, seconds);
    metrics.push({ name: names.full, value: full, unit: 'ratio' });
  }
  return { metrics, gaps: [] };
}

function noPressure(resource: PressureResource): Gap {
  return {
    what: `${resource} pressure`,
    reason: `the kernel does not report pressure (no /proc/pressure/${resource})`,
    mend: 'boot Linux 4.20 or newer with psi=1',
  };
}
