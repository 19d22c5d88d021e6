import type { ChartSpec } from '../chart.ts';
import type { EvidenceTable, Unavailable } from '../report.ts';
import type { Severity } from '../severity.ts';

/** One thing that the message says itself. */
export interface WeekRemark {
  readonly text: string;
  /** `off`: no worse than before, and still not as it should be. */
  readonly kind: 'worse' | 'off' | 'better';
  readonly severity: Severity;
  /** Orders remarks of one severity, the largest first; a change of a tenth is 1. */
  readonly weight: number;
}

/** One part of the weekly report; what it does not know it says in `unavailable`. */
export interface WeekSection {
  readonly remarks: readonly WeekRemark[];
  readonly tables: readonly EvidenceTable[];
  readonly charts: readonly ChartSpec[];
  readonly unavailable: readonly Unavailable[];
}

/** A section that has nothing but a reason for it. */
export function emptySection(part: string, reason: string, mend?: string): WeekSection {
  const why = { probe: part, service: ALL_SERVICES, target: '', reason };
  return {
    remarks: [],
    tables: [],
    charts: [],
    unavailable: [mend === undefined ? why : { ...why, mend }],
  };
}

/** Stands where a report names its service. */
export const ALL_SERVICES = 'all services';
