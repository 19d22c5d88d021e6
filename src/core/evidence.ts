import type { FailureReason } from './errors.ts';
import type { TargetKind } from './inventory/target.ts';
import type { Unit } from './unit.ts';

/** One number a check can judge. The name ends with its unit where the unit is not a plain count: `latency_p95_ms`. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
}

/** One point of a series: time in milliseconds since the epoch, value in the unit of the series. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** A metric over time, oldest first. */
export interface Series {
  readonly name: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
  /** What tells this series from its siblings of the same name, for example a container or a route. */
  readonly label?: string;
}

/** A cell is a number in the unit of its column, a text (untrusted: never markup), or null for "not known". */
export type Cell = number | string | null;

export interface Column {
  readonly name: string;
  readonly title: string;
  /** Absent: text. `sql` and `log` are untrusted text that is shown literally and may be long. */
  readonly unit?: Unit;
  readonly format?: 'text' | 'sql' | 'log';
}

/** Rows for people and for diagnosis, the top offender first. */
export interface Table {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that were left out, so that nothing is cut silently. */
  readonly omittedRows?: number;
}

/** What a probe reports when it could look: numbers, series, tables, facts in words. */
export interface Observation {
  readonly metrics: readonly Metric[];
  readonly series?: readonly Series[];
  readonly tables?: readonly Table[];
  /** Short strings that are neither numbers nor rows: `image`, `version`, `status`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Parts of the probe that could not be measured, each with the line that would allow it. */
  readonly gaps?: readonly Gap[];
  /** The span the numbers cover, milliseconds; 0 for a momentary reading. */
  readonly windowMs?: number;
}

export interface Gap {
  readonly what: string;
  readonly reason: string;
  readonly mend?: string;
}

/** What a probe costs its target: `light` a few reads; `moderate` seconds of sampling; `heavy` load for longer. */
export type Cost = 'light' | 'moderate' | 'heavy';

interface EvidenceSource {
  readonly probe: string;
  /** Id of the target that was looked at. */
  readonly target: string;
  readonly targetKind: TargetKind;
  /** Name of the service that the target belongs to. */
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly collectedAt: number;
  readonly durationMs: number;
  /** What the look cost the target; absent where the probe did not run, and in evidence of earlier versions. */
  readonly cost?: Cost;
}

export interface CollectedEvidence extends EvidenceSource, Observation {
  readonly status: 'collected';
}

export interface UnavailableEvidence extends EvidenceSource {
  readonly status: 'unavailable';
  readonly reason: FailureReason;
  readonly message: string;
  readonly mend?: string;
}

/** What one probe saw on one target. A probe that failed leaves evidence too. */
export type Evidence = CollectedEvidence | UnavailableEvidence;

/** The value of a metric in an observation, or undefined when it was not reported. */
export function metricValue(observation: Observation, name: string): number | undefined {
  return observation.metrics.find((metric) => metric.name === name)?.value;
}
