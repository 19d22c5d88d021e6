import type { CollectedEvidence } from '../evidence.ts';
import { numberIn, type Row } from './cells.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';

/** awesome-prometheus-alerts: at least 10,000 dead rows and 10 %; perfbot waits for 20 %, autovacuum's own trigger. */
export const LEAST_DEAD_ROWS = 10_000;
export const DEAD_RATIO = 0.2;

/** Evidence on the tables of a database: the deep look where there was one. */
export function tablesEvidence(facts: Facts, service: string): CollectedEvidence | undefined {
  return collectedFor(facts, 'postgres.tables', service) ?? collectedFor(facts, 'postgres.database', service);
}

/** Tables full of dead rows, most of them first. */
export function deadTables(facts: Facts, service: string): readonly Row[] {
  return rowsOf(tablesEvidence(facts, service), 'tables')
    .filter(
      (row) =>
        (numberIn(row, 'dead_rows') ?? 0) >= LEAST_DEAD_ROWS &&
        (numberIn(row, 'dead_ratio') ?? 0) >= DEAD_RATIO,
    )
    .sort((a, b) => (numberIn(b, 'dead_rows') ?? 0) - (numberIn(a, 'dead_rows') ?? 0));
}

/** Rows of the tables that are kept, the one with the most of a column first. */
export function worstBy(
  evidence: CollectedEvidence,
  column: string,
  keep: (row: Row) => boolean,
): readonly Row[] {
  return rowsOf(evidence, 'tables')
    .filter(keep)
    .sort((a, b) => (numberIn(b, column) ?? 0) - (numberIn(a, column) ?? 0));
}
