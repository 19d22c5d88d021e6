import type { Stage } from '../pipeline.ts';

/** Drops what was stored before: repeats of a sender, and the second of a highly available pair. */
export const deduplicateStage: Stage = (alerts) => ({
  alerts: alerts.filter(({ duplicate }) => !duplicate),
  dropped: alerts.filter(({ duplicate }) => duplicate).map((alert) => ({ alert, reason: 'duplicate' })),
});
