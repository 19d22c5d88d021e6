import type { ContainerView } from './container-view.ts';

/** Docker's default of `--cpu-period`. */
const DEFAULT_PERIOD_US = 100_000;
/** The kernel takes no quota of less. */
const LEAST_QUOTA_US = 1000;

/** A change of the CPU limit of a container, and the way back to exactly what it was. */
export interface CpuChange {
  readonly command: string;
  readonly undo: string;
}

/**
 * The `docker update` that this container takes: Docker refuses `--cpus` where a quota or a period was set in
 * microseconds, and the other way round. `from`: the cores that it may use now.
 */
export function changeCpuLimit(view: ContainerView, from: number, to: number): CpuChange {
  const update = (option: string) => `docker update ${option} ${view.container}`;
  const quota = numberFact(view, 'cpu_quota_us');
  const period = numberFact(view, 'cpu_period_us');
  if (quota === undefined && period === undefined) {
    const now = numberFact(view, 'cpus') ?? Number(from.toFixed(2));
    return { command: update(`--cpus ${Number(to.toFixed(2))}`), undo: update(`--cpus ${now}`) };
  }
  const wanted = Math.max(LEAST_QUOTA_US, Math.round(to * (period ?? DEFAULT_PERIOD_US)));
  return { command: update(`--cpu-quota ${wanted}`), undo: update(`--cpu-quota ${quota ?? -1}`) };
}

function numberFact(view: ContainerView, name: string): number | undefined {
  const value = Number(view.fact(name) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
