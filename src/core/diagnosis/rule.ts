import type { Verdict } from './cause.ts';
import type { Facts } from './facts.ts';

/**
 * Looks for one cause (or one close family). Pure: the same facts give the same verdicts. It returns one verdict per
 * place where it looked, `undecided` where numbers are missing, and nothing where it does not apply.
 */
export interface DiagnosisRule {
  /** Ids of the causes it can name. */
  readonly ids: readonly string[];
  evaluate(facts: Facts): readonly Verdict[];
}
