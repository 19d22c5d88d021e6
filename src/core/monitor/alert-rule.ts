import type { Unit } from '../unit.ts';

/** A threshold over time as Prometheus means it, for one metric of one target. Durations in milliseconds. */
export interface MonitorRule {
  readonly alertname: string;
  readonly severity: 'warning' | 'critical';
  /** What is judged, for people: `CPU`. */
  readonly title: string;
  readonly probe: string;
  readonly metric: string;
  readonly unit: Unit;
  /** `max`: a value above the threshold crosses it; `min`: below it. */
  readonly bound: 'max' | 'min';
  readonly threshold: number;
  /** While it fires, the value must come back behind this one (hysteresis), so that a value at the threshold does not flap. */
  readonly clear: number;
  /** It must be crossed for so long, in every sample, before the alert fires. */
  readonly forMs: number;
  /** It goes on firing for so long after the value came back. */
  readonly keepFiringForMs: number;
  /** Fires only for what was fine before: what was never there is not missed. */
  readonly onceFine: boolean;
  /** Judged only where this metric of the same look is at least so much: of a few requests a share says nothing. */
  readonly least?: { readonly metric: string; readonly value: number };
}

/** Identity of a rule among those of a target. */
export function ruleKey({
  alertname,
  severity,
  probe,
}: Pick<MonitorRule, 'alertname' | 'severity' | 'probe'>): string {
  return `${alertname}/${severity}/${probe}`;
}
