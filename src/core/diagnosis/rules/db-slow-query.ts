import { formatValue } from '../../unit.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines } from '../evidence-line.ts';
import { collectedBy, metricFor, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { isSpilling, quoteStatement, scanSuspects } from '../statement-suspects.ts';
import { tracedStatement } from '../trace-evidence.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.slow_query';
const OWNS = 0.5;

/** The KPI of the guide for a database answer. */
const SLOW_MS = 100;

/** One statement owns the database's time, and neither a lock, a full scan nor a spill explains it better. */
export const dbSlowQueryRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.statements').flatMap((evidence) => {
      const { service } = evidence;
      const [top] = rowsOf(evidence, 'statements');
      const mean = numberIn(top, 'mean_ms');
      const share = numberIn(top, 'share');
      if (top === undefined || mean === undefined || share === undefined) {
        return [undecidedVerdict(ID, 'no statement finished in the window')];
      }
      if (share <= OWNS || mean <= SLOW_MS) {
        return [
          ruledOutVerdict(
            ID,
            `the heaviest statement takes ${formatValue(mean, 'ms')} and ${formatValue(share, 'ratio')} of the time`,
          ),
        ];
      }
      const blocked = (metricFor(facts, 'postgres.locks', service, 'blocked_sessions') ?? 0) > 0;
      const scanned = scanSuspects(facts, service).some(({ statement }) => statement !== undefined);
      if (blocked || scanned || isSpilling(facts, service)) return [];
      return [
        causeVerdict({
          id: ID,
          title: 'One statement is slow',
          service,
          summary: `One statement takes ${formatValue(share, 'ratio')} of the database's time, ${formatValue(mean, 'ms')} each: ${quoteStatement(top)}.`,
          confidence: 0.6,
          evidence: lines(
            {
              probe: 'postgres.statements',
              metric: 'mean_ms',
              value: mean,
              unit: 'ms',
              threshold: SLOW_MS,
              text: `mean time of ${quoteStatement(top, 80)}`,
            },
            {
              probe: 'postgres.statements',
              metric: 'share',
              value: share,
              unit: 'ratio',
              threshold: OWNS,
              text: 'its share of all statement time',
            },
            tracedStatement(facts, service, textIn(top, 'query')),
          ),
          advice: [
            {
              title: 'Look at the plan of this statement',
              why: 'The plan shows which step takes the rows and the time. EXPLAIN without ANALYZE does not run it.',
              effect: 'reads',
              command: `EXPLAIN (GENERIC_PLAN) ${placeholderFor(top)}; -- PostgreSQL 16+; before, put example values in`,
              risk: 'None; EXPLAIN ANALYZE would run the statement.',
              source: 'https://www.postgresql.org/docs/current/using-explain.html',
            },
          ],
        }),
      ];
    }),
};

/** Statements are kept without their values, so that somebody has to put some in. */
function placeholderFor(row: Row): string {
  const id = textIn(row, 'queryid');
  return id === '' ? '<statement>' : `<statement ${id}>`;
}
