import { indexKeys } from '../sql/index-keys.ts';
import { shortenSql } from '../sql/shorten.ts';
import { filteredColumns, mentionsTable, quoteName } from '../sql/statement-shape.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from './facts.ts';
import { filteringScan, planOf } from './statement-plans.ts';

/** Below this a full scan is the right plan (PgHero's limit for a missing index). */
const LEAST_ROWS = 10_000;

/** Rows per second by full scans of one table; one core scans a few million. */
const HEAVY_SCAN_ROWS_PER_SECOND = 100_000;

/** PgHero: at or above this share of index scans a table is well served. */
const WELL_INDEXED = 0.95;

/** A large table that is read in full again and again. */
export interface ScanSuspect {
  readonly table: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly scansPerSecond: number;
  /** The statement that does it, when its plan or its text shows a filter on this table. */
  readonly statement: Row | undefined;
  /** The step of its plan that reads the table in full, where it was planned. */
  readonly scan: Row | undefined;
  /** What an index should begin with, as CREATE INDEX takes it. */
  readonly columns: readonly string[];
  readonly share: number;
}

/** Statements of the window, most time first; undefined when they were not measured. */
export function statementsOf(facts: Facts, service: string): readonly Row[] | undefined {
  const evidence = collectedFor(facts, 'postgres.statements', service);
  return evidence && rowsOf(evidence, 'statements');
}

/** Tables that look as if an index were missing, the most read first. */
export function scanSuspects(facts: Facts, service: string): readonly ScanSuspect[] {
  return rowsOf(collectedFor(facts, 'postgres.database', service), 'tables').flatMap((row) => {
    const rows = numberIn(row, 'rows_estimate') ?? 0;
    const rowsPerSecond = numberIn(row, 'seq_rows_per_second') ?? 0;
    const scansPerSecond = numberIn(row, 'seq_scans_per_second') ?? 0;
    const byIndex = numberIn(row, 'index_scans_per_second') ?? 0;
    const table = textIn(row, 'table');
    const heavy = rows >= LEAST_ROWS && rowsPerSecond >= HEAVY_SCAN_ROWS_PER_SECOND;
    if (!heavy || byIndex / Math.max(1e-9, byIndex + scansPerSecond) >= WELL_INDEXED) return [];
    const found = filteringStatement(facts, service, table);
    const share = numberIn(found.statement, 'share') ?? 0;
    return [{ table, rows, rowsPerSecond, scansPerSecond, ...found, share }];
  });
}

/** Columns of an index of which the text alone shows that they are compared; a plan tells better. */
const MOST_COLUMNS = 2;

/** The heaviest statement that filters the table while it reads all of it: by its plan, else by its text. */
function filteringStatement(
  facts: Facts,
  service: string,
  table: string,
): Pick<ScanSuspect, 'statement' | 'scan' | 'columns'> {
  const statements = statementsOf(facts, service) ?? [];
  const textColumns = (row: Row) => filteredColumns(textIn(row, 'query'), table);
  for (const statement of statements) {
    const scan = filteringScan(planOf(facts, service, statement), table);
    if (scan) {
      const { keys } = indexKeys(textIn(scan, 'filter'), textIn(scan, 'alias'));
      return { statement, scan, columns: keys };
    }
    const columns = textColumns(statement);
    if (columns.length > 0)
      return { statement, scan: undefined, columns: columns.slice(0, MOST_COLUMNS).map(quoteName) };
  }
  return { statement: undefined, scan: undefined, columns: [] };
}

/** The statement with the largest share of time that names the table. */
export function heaviestOn(statements: readonly Row[], table: string): Row | undefined {
  return statements.find((row) => mentionsTable(textIn(row, 'query'), table));
}

/** Temporary bytes per second that a healthy database does not write (a judgement; see diagnosis.md). */
export const HEAVY_SPILL_BYTES_PER_SECOND = 10e6;

/** So much per call is a spill on any machine, however slowly it writes. */
const HEAVY_SPILL_BYTES_PER_CALL = 10e6;

/** The statement with most temporary bytes of the window; undefined when none has any. */
export function spillingStatement(facts: Facts, service: string): Row | undefined {
  return [...(statementsOf(facts, service) ?? [])]
    .filter((row) => (numberIn(row, 'temp_bytes') ?? 0) > 0)
    .sort((a, b) => (numberIn(b, 'temp_bytes') ?? 0) - (numberIn(a, 'temp_bytes') ?? 0))[0];
}

/** Temporary bytes of a statement each time it runs, written and read back. */
export function spillPerCall(row: Row | undefined): number {
  return (numberIn(row, 'temp_bytes') ?? 0) / Math.max(1, numberIn(row, 'calls') ?? 1);
}

/** True when the database spills: much per second, or much per call of the statement that has its time. */
export function isSpilling(facts: Facts, service: string): boolean {
  const rate = metricFor(facts, 'postgres.database', service, 'temp_bytes_per_second') ?? 0;
  if (rate >= HEAVY_SPILL_BYTES_PER_SECOND) return true;
  const top = spillingStatement(facts, service);
  return (numberIn(top, 'share') ?? 0) >= 0.5 && spillPerCall(top) >= HEAVY_SPILL_BYTES_PER_CALL;
}

/** Share of the database's time of the heaviest statement that names the table; 0 when none does. */
export function shareOn(facts: Facts, service: string, table: string): number {
  return numberIn(heaviestOn(statementsOf(facts, service) ?? [], table), 'share') ?? 0;
}

/** A statement as a short quote for a sentence. */
export function quoteStatement(row: Row | undefined, maxLength = 120): string {
  const query = textIn(row, 'query');
  if (query === '') return 'a statement whose text is hidden';
  return `“${shortenSql(query, maxLength)}”`;
}
