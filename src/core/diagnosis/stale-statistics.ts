import type { CollectedEvidence } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import { soonerAutovacuum } from './autovacuum-advice.ts';
import type { EvidenceLine, Verdict } from './cause.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import type { Facts } from './facts.ts';
import { onlyScan, planOf } from './statement-plans.ts';
import { heaviestOn, quoteStatement, shareOn, statementsOf } from './statement-suspects.ts';
import { worstBy } from './table-upkeep.ts';
import { causeVerdict, ruledOutVerdict } from './verdicts.ts';

const ID = 'db.stale_statistics';
const LEAST_ROWS = 10_000;
const CHANGED_RATIO = 0.2;

/** An estimate that is wrong by so much leads to another plan (a nested loop over thousands of rows). */
const WRONG_BY = 10;

/** Of a few rows no estimate can be far off, nor matter. */
const TELLING_ROWS = 100;

/** Tables that changed so much since ANALYZE that plans may be made for what is no longer there. */
export function staleStatistics(facts: Facts, evidence: CollectedEvidence): Verdict {
  const changedTables = worstBy(
    evidence,
    'modified_since_analyze_ratio',
    (row) =>
      (numberIn(row, 'rows_estimate') ?? 0) >= LEAST_ROWS &&
      (numberIn(row, 'modified_since_analyze_ratio') ?? 0) >= CHANGED_RATIO,
  );
  // The table that the load is about matters more than the one that changed most.
  const shareOf = (row: Row) => shareOn(facts, evidence.service, textIn(row, 'table'));
  const [worst] = changedTables.toSorted((a, b) => shareOf(b) - shareOf(a));
  if (worst === undefined)
    return ruledOutVerdict(ID, 'no large table changed by 20 % since its last ANALYZE');
  const table = textIn(worst, 'table');
  const changed = numberIn(worst, 'modified_since_analyze_ratio') ?? 0;
  const involved = shareOn(facts, evidence.service, table);
  const off = textIn(worst, 'autovacuum') === 'off';
  const estimate = estimateOn(facts, evidence.service, table);
  return causeVerdict({
    id: ID,
    title: 'The planner works with old statistics',
    service: evidence.service,
    summary: `${formatValue(Math.min(1, changed), 'ratio')} of ${table} changed since its last ANALYZE: plans are made for a table that is no longer there.`,
    // Harmless as long as no statement with a say in the load uses the table.
    confidence: estimate?.isWrong
      ? 0.86
      : (involved >= 0.5 ? 0.45 : 0.25) + (changed >= 0.9 && involved >= 0.5 ? 0.15 : 0) + (off ? 0.1 : 0),
    evidence: [
      {
        probe: evidence.probe,
        metric: 'modified_since_analyze_ratio',
        value: changed,
        unit: 'ratio',
        threshold: CHANGED_RATIO,
        text: `of ${table} changed since ANALYZE`,
      },
      {
        probe: evidence.probe,
        metric: 'rows_estimate',
        value: numberIn(worst, 'rows_estimate') ?? 0,
        unit: 'count',
        text: `rows in ${table}, autovacuum ${textIn(worst, 'autovacuum')}`,
      },
      ...(estimate?.isWrong ? [estimate.line] : []),
    ],
    against: estimate && !estimate.isWrong ? [estimate.line] : [],
    advice: [
      {
        title: `Analyze ${table}`,
        why: 'It reads a sample and takes seconds; the next plans use it.',
        effect: 'changes',
        command: `ANALYZE ${table};`,
        risk: 'Plans of this table may change.',
        undo: 'None needed.',
        source: 'https://www.postgresql.org/docs/current/sql-analyze.html',
      },
      ...soonerAutovacuum(worst, 'analyze'),
    ],
  });
}

/** What a plan without values has to guess, whatever the statistics say: ranges, patterns, negations. */
const GUESSED = /[<>~]|\b(?:OR|NOT)\b/;

/**
 * Rows that the plan of the heaviest statement on the table expects, against those that came back; undefined where more
 * than an equality on this table alone decides how many there are.
 */
function estimateOn(
  facts: Facts,
  service: string,
  table: string,
): { readonly isWrong: boolean; readonly line: EvidenceLine } | undefined {
  const statement = heaviestOn(statementsOf(facts, service) ?? [], table);
  const plan = planOf(facts, service, statement);
  const scan = onlyScan(plan, table);
  const expected = scan && numberIn(scan, 'rows');
  const returned = numberIn(statement, 'rows_per_call');
  if (expected === undefined || returned === undefined) return undefined;
  if (GUESSED.test(`${textIn(scan, 'filter')} ${textIn(scan, 'condition')}`)) return undefined;
  const [few, many] = [Math.min(expected, returned), Math.max(expected, returned)];
  if (many < TELLING_ROWS) return undefined;
  return {
    isWrong: many / Math.max(1, few) >= WRONG_BY,
    line: {
      probe: 'postgres.statements',
      metric: 'plan',
      value: expected,
      unit: 'count',
      text: `rows that the plan of ${quoteStatement(statement, 80)} expects; ${formatValue(returned, 'count')} come back`,
    },
  };
}
