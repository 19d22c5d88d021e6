import { type Silence, silenceFor, silenceLabels } from '../../../core/alert/silence.ts';
import { findService, type Service } from '../../../core/inventory/service.ts';
import type { StoredAlert } from '../../ports/alert-store.ts';
import type { Stage } from '../pipeline.ts';

export interface SilenceStageOptions {
  readonly silences: readonly Silence[];
  readonly services: readonly Service[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Drops firing alerts that somebody has silenced. The end of an alert always goes on. */
export function silenceStage({ silences, services, at }: SilenceStageOptions): Stage {
  const isSilenced = ({ status, labels }: StoredAlert) =>
    status === 'firing' &&
    silenceFor(silences, silenceLabels(labels, findService(services, labels)?.name), at) !== undefined;
  return (alerts) => {
    if (silences.length === 0) return { alerts, dropped: [] };
    return {
      alerts: alerts.filter((alert) => !isSilenced(alert)),
      dropped: alerts.filter(isSilenced).map((alert) => ({ alert, reason: 'silenced' })),
    };
  };
}
