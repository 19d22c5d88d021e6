import type { ChartSpec } from './chart.ts';
import type { Advice, Cause, RuledOut } from './diagnosis/cause.ts';
import type { Table } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { LookedAt } from './report/looked-at.ts';
import type { ReportFocus } from './report/report-focus.ts';
import type { Severity } from './severity.ts';
import type { Unit } from './unit.ts';

/** A number for the first lines: measured, usual, target. */
export interface KeyNumber {
  readonly title: string;
  readonly value: number;
  readonly unit: Unit;
  readonly severity: Severity;
  readonly usual?: number;
  readonly target?: number;
}

/** One service on one line of the overview. */
export interface ServiceLine {
  readonly service: string;
  readonly severity: Severity;
  readonly numbers: readonly KeyNumber[];
  /** What is wrong in words; empty when nothing is. */
  readonly remarks: readonly string[];
}

/** Something that could not be seen, and the one line that would allow it. */
export interface Unavailable {
  readonly probe: string;
  readonly service: string;
  readonly target: string;
  readonly reason: string;
  readonly mend?: string;
}

/** A table of evidence with where it comes from. */
export interface EvidenceTable extends Table {
  readonly probe: string;
  readonly service: string;
}

/** What a report over a long time, or of a profile, says in its message besides the verdict. */
export interface Digest {
  /** The most important first. */
  readonly lines: readonly string[];
  readonly table?: Table;
}

/** The channel-free result of a run. Times in milliseconds since the epoch. */
export interface Report {
  readonly runId: string;
  readonly playbook: string;
  readonly title: string;
  /** Undefined: the run was about everything. */
  readonly service: string | undefined;
  readonly overview: boolean;
  readonly startedAt: number;
  readonly durationMs: number;
  /** The time that it is about, for links into other tools; absent: the time of the run. */
  readonly span?: { readonly from: number; readonly to: number };
  readonly severity: Severity;
  /** The first line: the best cause, "nothing unusual", or "cannot tell, because …". */
  readonly verdict: string;
  readonly numbers: readonly KeyNumber[];
  readonly services: readonly ServiceLine[];
  /** Ranked, best first; empty when nothing is wrong. */
  readonly causes: readonly Cause[];
  readonly ruledOut: readonly RuledOut[];
  readonly findings: readonly Finding[];
  readonly unavailable: readonly Unavailable[];
  /** Every look of the run, the most costly first; absent in reports of earlier versions. */
  readonly lookedAt?: readonly LookedAt[];
  readonly tables: readonly EvidenceTable[];
  readonly charts: readonly ChartSpec[];
  /** At most three, best first. */
  readonly nextSteps: readonly Advice[];
  /** The last thing that changed before the trouble: `shop-api was replaced (…) 40 s before`; absent when nothing did. */
  readonly changed?: string;
  /** What links into other tools should show; absent in reports of earlier versions. */
  readonly focus?: ReportFocus;
  readonly digest?: Digest;
}
