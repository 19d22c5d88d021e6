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

/** Steps that hand on all rows that they get. */
const HANDS_ON = /^(?:Gather|Gather Merge|Sort|Bitmap Index Scan)$/;

/** The scan of a table whose rows are the answer as they are (nothing joins, limits or groups them), with their number. */
export function onlyScan(plan: readonly Row[], table: string): Row | undefined {
  const reading = readingStep(plan, table);
  if (plan.some((row) => row !== reading && !HANDS_ON.test(textIn(row, 'step')))) return undefined;
  // Below a Gather a step counts the rows of one worker alone.
  return reading && { ...reading, rows: numberIn(plan[0], 'rows') ?? null };
}
