import { baselineDue } from '../../core/monitor/baseline-due.ts';
import { usualValues } from '../../core/monitor/usual-values.ts';
import { createWeekSlot } from '../../core/monitor/week-slot.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { UpkeepStore } from '../ports/upkeep-store.ts';

/** Six weeks: enough of every hour of the week, and not so long that last year's load is usual. */
const LOOK_BACK_MS = 42 * 24 * 60 * 60_000;
/** Under this name it is kept when the usual values were computed last. */
export const BASELINES_DONE = 'baselines';

export interface RefreshBaselinesOptions {
  readonly baselines: BaselineStore;
  readonly upkeep: UpkeepStore;
  /** IANA zone whose hours count. */
  readonly timezone: string;
  readonly now: Clock;
  readonly log: Logger;
}

/** Computes the usual values of every metric again. Answers how many metrics have one. Repeatable. */
export function refreshBaselines(
  options: RefreshBaselinesOptions,
): (signal?: AbortSignal) => Promise<number> {
  const { baselines, upkeep, timezone, now, log } = options;
  return async (signal) => {
    const at = now();
    const from = at - LOOK_BACK_MS;
    const slotOf = createWeekSlot(timezone);
    const incidents = await baselines.incidents({ from, now: at });
    let known = 0;
    for (const { id, service } of await baselines.series()) {
      signal?.throwIfAborted();
      const points = await baselines.points({ series: id, resolution: '5m', from, to: at });
      const own = incidents.filter((incident) => incident.service === service);
      const values = usualValues(points, { incidents: own, slotOf });
      await baselines.replace(id, values, at);
      if (values.length > 0) known += 1;
    }
    await upkeep.done(BASELINES_DONE, at);
    log.info({ metrics: known, ms: now() - at }, 'usual values refreshed');
    return known;
  };
}

/** The same, when it is time for it. */
export function refreshDueBaselines(
  options: RefreshBaselinesOptions,
): (signal: AbortSignal) => Promise<void> {
  const { baselines, upkeep, now } = options;
  const refresh = refreshBaselines(options);
  return async (signal) => {
    const lastAt = await upkeep.lastDone(BASELINES_DONE);
    const firstPointAt = await baselines.firstPointAt();
    if (baselineDue({ lastAt, firstPointAt, now: now() })) await refresh(signal);
  };
}
