import type { Point } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';

// Times are milliseconds since the epoch.

export interface Sample {
  readonly target: string;
  readonly service: string;
  readonly metric: string;
  /** What tells it from others of the same target and metric, for example a file system; absent: the whole target. */
  readonly label?: string;
  readonly unit: Unit;
  readonly at: number;
  readonly value: number;
}

/** What the monitor measured over time. */
export interface SampleStore {
  add(samples: readonly Sample[]): Promise<void>;
  /** One metric of a whole target: labelled samples are not in it. */
  series(query: { target: string; metric: string; from: number; to: number }): Promise<readonly Point[]>;
  /** Like `series` for many at once; each target with each metric, where there are points. */
  history(query: {
    targets: readonly string[];
    metrics: readonly string[];
    from: number;
    to: number;
  }): Promise<
    readonly { readonly target: string; readonly metric: string; readonly points: readonly Point[] }[]
  >;
  /** Brings the roll-ups (5 minutes, one hour) up to the last spans that are over. Repeatable. */
  rollUp(at: number): Promise<void>;
  /** Deletes raw samples that are older. */
  dropBefore(at: number): Promise<void>;
  /** Deletes roll-ups that are older. */
  dropRollUpsBefore(before: { readonly fiveMinutes: number; readonly hours: number }): Promise<void>;
}
