import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import { soonerAutovacuum } from '../autovacuum-advice.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { collectedBy, type Facts } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { staleStatistics } from '../stale-statistics.ts';
import { shareOn, statementsOf } from '../statement-suspects.ts';
import { DEAD_RATIO, deadTables, LEAST_DEAD_ROWS, tablesEvidence, worstBy } from '../table-upkeep.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const PROBES = ['postgres.tables', 'postgres.database'];

/** Tables that VACUUM or ANALYZE has not kept up with. */
export const dbTableUpkeepRule: DiagnosisRule = {
  ids: ['db.bloat_dead_tuples', 'db.stale_statistics'],
  evaluate: (facts) =>
    databases(facts).flatMap((evidence) => [deadRows(facts, evidence), staleStatistics(facts, evidence)]),
};

/** One evidence per database, that of the deep look where there was one. */
function databases(facts: Facts): readonly CollectedEvidence[] {
  const all = PROBES.flatMap((probe) => collectedBy(facts, probe));
  return all.filter((evidence) => evidence === tablesEvidence(facts, evidence.service));
}

function deadRows(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'db.bloat_dead_tuples';
  const [worst] = deadTables(facts, evidence.service);
  if (worst === undefined) {
    const [most] = worstBy(
      evidence,
      'dead_ratio',
      (row) => (numberIn(row, 'dead_rows') ?? 0) >= LEAST_DEAD_ROWS,
    );
    return ruledOutVerdict(
      id,
      most
        ? `at most ${formatValue(numberIn(most, 'dead_ratio') ?? 0, 'ratio')} dead rows (${textIn(most, 'table')})`
        : 'no table has 10,000 dead rows',
    );
  }
  const table = textIn(worst, 'table');
  const ratio = numberIn(worst, 'dead_ratio') ?? 0;
  const dead = numberIn(worst, 'dead_rows') ?? 0;
  const off = textIn(worst, 'autovacuum') === 'off';
  const involved = shareOn(facts, evidence.service, table);
  // No statement of the window names the table: it may well be what people complain of, but nothing says so.
  const idle = involved === 0 && (statementsOf(facts, evidence.service)?.length ?? 0) > 0;
  const base = idle ? 0.4 : ratio >= 0.5 ? 0.7 : 0.45;
  return causeVerdict({
    id,
    title: 'A table is full of dead rows',
    service: evidence.service,
    summary: `${table} holds ${formatValue(dead, 'count')} dead rows (${formatValue(ratio, 'ratio')} of all)${off ? ' and its autovacuum is off' : ''}: every scan reads them too.`,
    confidence: Number((base + (off ? 0.1 : 0) + (involved >= 0.3 ? 0.08 : 0)).toFixed(2)),
    evidence: [
      {
        probe: evidence.probe,
        metric: 'dead_ratio',
        value: ratio,
        unit: 'ratio',
        threshold: DEAD_RATIO,
        text: `dead rows of ${table}`,
      },
      {
        probe: evidence.probe,
        metric: 'dead_rows',
        value: dead,
        unit: 'count',
        threshold: LEAST_DEAD_ROWS,
        text: `dead rows of ${table}, autovacuum ${textIn(worst, 'autovacuum')}`,
      },
    ],
    advice: [
      {
        title: `Vacuum ${table}`,
        why: 'It makes the space of dead rows usable again; it does not lock out reads or writes.',
        effect: 'changes',
        command: `VACUUM (ANALYZE, VERBOSE) ${table};`,
        risk: 'Reads the table once; it does nothing while an old transaction is still open.',
        undo: 'None needed.',
        source: 'https://www.postgresql.org/docs/current/routine-vacuuming.html',
      },
      ...(off ? [switchedOn(table)] : soonerAutovacuum(worst, 'vacuum')),
    ],
  });
}

function switchedOn(table: string): CauseAdvice {
  return {
    title: `Switch autovacuum on for ${table}`,
    why: 'It is off for this table or for the whole server, so dead rows only ever grow.',
    effect: 'changes',
    command: `ALTER TABLE ${table} RESET (autovacuum_enabled); -- and check SHOW autovacuum;`,
    risk: 'A vacuum may start soon.',
    undo: `ALTER TABLE ${table} SET (autovacuum_enabled = off);`,
    source: 'https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED',
  };
}
