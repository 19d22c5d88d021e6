import { ALL_HOURS } from '../../core/monitor/week-slot.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';

/** Puts beside each metric what is usual for it over all hours, where there is enough history. */
export async function withUsual<T extends { readonly target: string; readonly metric: string }>(
  baselines: Pick<BaselineStore, 'usual'>,
  metrics: readonly T[],
): Promise<readonly (T & { readonly usual: number | undefined })[]> {
  const targets = [...new Set(metrics.map(({ target }) => target))];
  const known = new Map(
    (await baselines.usual({ targets, slot: ALL_HOURS })).map((one) => [
      `${one.target} ${one.metric}`,
      one.median,
    ]),
  );
  return metrics.map((one) => ({ ...one, usual: known.get(`${one.target} ${one.metric}`) }));
}
