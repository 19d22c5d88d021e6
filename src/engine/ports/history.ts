import type { Point } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';

/** Values of a metric before the run, for the charts. */
export interface HistorySeries {
  readonly service: string;
  readonly target: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
}
