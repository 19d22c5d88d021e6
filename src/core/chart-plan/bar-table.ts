import type { Unit } from '../unit.ts';

/** A table of a probe that makes a good picture: which column is drawn, and what names a bar. */
export interface BarTable {
  readonly probe: string;
  readonly table: string;
  readonly value: string;
  readonly unit: Unit;
  /** Columns that name a bar, joined. */
  readonly labels: readonly string[];
  /** What is shown; the service is added: `CPU by process`. */
  readonly title: string;
  /** Metric of the same service that limits the values, with the word for it. */
  readonly limit?: { readonly probe: string; readonly metric: string; readonly word: string };
  /** Only for causes or metrics that match; a probe with several tables says which one proves what. */
  readonly proves?: RegExp;
}
