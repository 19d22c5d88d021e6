import type { KpiName } from './kpi.ts';
import type { Severity } from './severity.ts';
import type { Unit } from './unit.ts';

/** What one check says of one metric of one target. */
export interface Finding {
  readonly severity: Severity;
  /** What was judged, for people: `CPU`. */
  readonly title: string;
  readonly service: string;
  readonly target: string;
  readonly probe: string;
  readonly metric: string;
  /** Absent when the metric was not measured (then the severity is `unknown`). */
  readonly value?: number;
  readonly unit?: Unit;
  readonly usual?: number;
  readonly threshold?: number;
  readonly kpi?: KpiName;
  /** One sentence: measured, usual, target. */
  readonly text: string;
  readonly advice?: string;
}
