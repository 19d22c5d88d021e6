import type { Point } from '../../core/evidence.ts';
import type { PeriodChange } from '../../core/monitor/trends.ts';
import type { Incident, UsualValue } from '../../core/monitor/usual-values.ts';
import type { Unit } from '../../core/unit.ts';

/** One metric of one target, as the monitor keeps it. */
export interface MetricSeries {
  readonly id: number;
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
}

/** A usual value with what it is of. `slot` -1: all hours, where the hour asked for has not enough history. */
export interface KnownUsual extends Omit<MetricSeries, 'id'>, UsualValue {
  /** When it was computed, milliseconds since the epoch. */
  readonly computedAt: number;
}

export const RESOLUTIONS = ['5m', '1h'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Usual values and what they are computed from. Times in milliseconds since the epoch. */
export interface BaselineStore {
  /** The series of whole targets: parts of a target (file systems, routes) have no usual value. */
  series(): Promise<readonly MetricSeries[]>;
  /** Roll-ups (means) of one series, oldest first. */
  points(query: {
    readonly series: number;
    readonly resolution: Resolution;
    readonly from: number;
    readonly to: number;
  }): Promise<readonly Point[]>;
  /** When the first roll-up begins. */
  firstPointAt(): Promise<number | undefined>;
  /** Times in which alerts of a service fired. */
  incidents(query: {
    readonly from: number;
    readonly now: number;
  }): Promise<readonly (Incident & { readonly service: string })[]>;
  /** Replaces the usual values of one series. */
  replace(series: number, values: readonly UsualValue[], at: number): Promise<void>;
  /** The usual values in one hour of the week, of all targets or of those that are named; where it has none, those of all hours. */
  usual(query: {
    readonly targets?: readonly string[];
    readonly slot: number;
  }): Promise<readonly KnownUsual[]>;
  /** All usual values of one series. */
  usualOf(series: number): Promise<readonly UsualValue[]>;
  /** Every series over the period [from, to) and the one of the same length before it. */
  changes(query: { readonly from: number; readonly to: number }): Promise<readonly PeriodChange[]>;
}
