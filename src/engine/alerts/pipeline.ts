import type { StoredAlert } from '../ports/alert-store.ts';

/** Why an alert went no further. Stable words for logs and metrics. */
export type DropReason = 'duplicate' | 'silenced' | 'resolved_without_firing';

export interface Dropped {
  readonly alert: StoredAlert;
  readonly reason: DropReason;
}

export interface StageResult {
  readonly alerts: readonly StoredAlert[];
  readonly dropped: readonly Dropped[];
}

/** One step over alerts. It may drop alerts; it never calls the next stage. */
export type Stage = (alerts: readonly StoredAlert[]) => StageResult;

/** Runs stages in order and stops early when no alert is left. */
export function pipeline(stages: readonly Stage[]): Stage {
  return (alerts) => {
    let remaining = alerts;
    const dropped: Dropped[] = [];
    for (const stage of stages) {
      if (remaining.length === 0) break;
      const result = stage(remaining);
      remaining = result.alerts;
      dropped.push(...result.dropped);
    }
    return { alerts: remaining, dropped };
  };
}
