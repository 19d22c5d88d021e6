import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { heaviestOn, statementsOf } from '../statement-suspects.ts';
import { deadTables } from '../table-upkeep.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const ID = 'db.xmin_held';

/** From here on VACUUM is held up for so long that it shows anywhere. */
const OLD_AGE = 1_000_000;

/** With a table full of dead rows, less is enough to be what keeps them. */
const TELLING_AGE = 10_000;

/** An old transaction, prepared transaction, slot or standby keeps VACUUM from removing dead rows. */
export const dbXminHeldRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, 'postgres.replication').map((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const [oldest] = rowsOf(evidence, 'xmin_holders');
  const age = metricValue(evidence, 'oldest_snapshot_age') ?? 0;
  const [dead] = deadTables(facts, evidence.service);
  if (oldest === undefined || age < (dead ? TELLING_AGE : OLD_AGE)) {
    return ruledOutVerdict(ID, `nothing sees rows older than ${formatValue(age, 'count')} transactions`);
  }
  const name = nameOf(oldest);
  return causeVerdict({
    id: ID,
    title: 'VACUUM is kept from removing dead rows',
    service: evidence.service,
    summary: summaryOf(oldest, age, dead),
    confidence: confidenceOf(facts, evidence.service, dead),
    evidence: lines(
      metricLine(evidence, 'oldest_snapshot_age', `transactions since the oldest that ${name} may see`, {
        threshold: dead ? TELLING_AGE : OLD_AGE,
      }),
      metricLine(evidence, 'oldest_prepared_ms', 'age of the oldest prepared transaction'),
    ),
    advice: [adviceFor(textIn(oldest, 'kind'), oldest)],
  });
}

/** Vacuuming the table would not help: whoever holds the rows comes before the rows (`db.bloat_dead_tuples`). */
function confidenceOf(facts: Facts, service: string, dead: Row | undefined): number {
  if (dead === undefined) return 0.45;
  const statements = statementsOf(facts, service) ?? [];
  const isRead = statements.length === 0 || heaviestOn(statements, textIn(dead, 'table')) !== undefined;
  return isRead ? 0.9 : 0.55;
}

function nameOf(row: Row): string {
  const kind = textIn(row, 'kind');
  return `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)} ${textIn(row, 'name')}`;
}

function summaryOf(row: Row, age: number, dead: Row | undefined): string {
  const held = numberIn(row, 'held_ms');
  const detail = textIn(row, 'detail');
  const who = `${nameOf(row)}${detail ? ` (${detail})` : ''}`;
  const since = held === undefined ? '' : `, for ${formatValue(held, 'ms')}`;
  const harm = dead
    ? `${formatValue(numberIn(dead, 'dead_rows') ?? 0, 'count')} dead rows of ${textIn(dead, 'table')} cannot be removed`
    : 'no dead row since then can be removed';
  return `${who} may still see rows as they were ${formatValue(age, 'count')} transactions ago${since}: ${harm}.`;
}

function adviceFor(kind: string, row: Row): CauseAdvice {
  const quoted = `'${textIn(row, 'name').replaceAll("'", "''")}'`;
  if (kind === 'prepared transaction') {
    return {
      title: `Finish the prepared transaction ${textIn(row, 'name')}`,
      why: 'It stays until somebody commits it or rolls it back, also over restarts.',
      effect: 'changes',
      command: `ROLLBACK PREPARED ${quoted}; -- or COMMIT PREPARED ${quoted}; in its database, as its owner`,
      risk: 'ROLLBACK PREPARED throws its changes away: ask its owner which of the two is right.',
      undo: 'None.',
      source: 'https://www.postgresql.org/docs/current/sql-rollback-prepared.html',
    };
  }
  if (kind === 'slot') {
    return {
      title: `Drop the slot ${textIn(row, 'name')} if its reader is gone for good`,
      why: 'It keeps old rows for a reader that may never come back.',
      effect: 'changes',
      command: `SELECT pg_drop_replication_slot(${quoted});`,
      risk: 'A subscriber that comes back has to be built again.',
      undo: 'None: a new slot begins with the log of now.',
      source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION',
    };
  }
  if (kind === 'standby') {
    return {
      title: `End the long query on ${textIn(row, 'name')}, or switch hot_standby_feedback off there`,
      why: 'By hot_standby_feedback the primary keeps rows that queries on the standby still read.',
      effect: 'reads',
      command:
        'SELECT pid, xact_start, left(query, 80) FROM pg_stat_activity ORDER BY xact_start LIMIT 5; -- on the standby',
      risk: 'Without the feedback, long queries on the standby may be cancelled.',
      source:
        'https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-HOT-STANDBY-FEEDBACK',
    };
  }
  const seconds = Math.max(1, Math.floor((numberIn(row, 'held_ms') ?? 2000) / 2000));
  return {
    title: `End session ${textIn(row, 'name')}, or let it finish`,
    why: 'VACUUM can remove the rows as soon as its transaction ends.',
    effect: 'changes',
    command: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${textIn(row, 'name')} AND xact_start < now() - interval '${seconds} s';`,
    risk: 'Its open transaction is rolled back and its client gets an error. Look at what it does first.',
    undo: 'None; the application runs the transaction again.',
    source: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY',
  };
}
