import { isSameTable } from '../sql/statement-shape.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';

/** The steps of the plan of a statement, the last one first; empty where it was not planned. */
export function planOf(facts: Facts, service: string, statement: Row | undefined): readonly Row[] {
  const queryid = textIn(statement, 'queryid');
  if (queryid === '') return [];
  return rowsOf(collectedFor(facts, 'postgres.statements', service), 'plans').filter(
    (row) => textIn(row, 'queryid') === queryid,
  );
}

/** The step that reads a table in full and throws away what does not fit. */
export function filteringScan(plan: readonly Row[], table: string): Row | undefined {
  return plan.find(
    (row) =>
      /Seq Scan$/.test(textIn(row, 'step')) &&
      isSameTable(textIn(row, 'table'), table) &&
      textIn(row, 'filter') !== '',
  );
}

/** The step that reads a table, however it does. */
export function readingStep(plan: readonly Row[], table: string): Row | undefined {
  return plan.find((row) => isSameTable(textIn(row, 'table'), table));
}

/** Rows that a plan expects as its answer. */
export function expectedRows(plan: readonly Row[]): number | undefined {
  return numberIn(
    plan.find((row) => numberIn(row, 'depth') === 0),
    'rows',
  );
}
