import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts, metricFor, rowsOf } from '../facts.ts';
import { idleLimitAdvice } from '../idle-limit-advice.ts';
import type { DiagnosisRule } from '../rule.ts';
import { sessionRole } from '../session-role.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.idle_in_tx';
const TELLING_MS = 10_000;
const LONG_MS = 60_000;

/** A transaction that stands idle: it holds its locks and keeps VACUUM from cleaning up. */
export const dbIdleInTxRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, 'postgres.activity').map((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const line = metricLine(
    evidence,
    'longest_idle_in_transaction_ms',
    'longest time idle inside a transaction',
    {
      threshold: TELLING_MS,
    },
  );
  if (line === undefined) return undecidedVerdict(ID, 'the state of sessions is hidden from this role');
  const idleMs = Number(line.value);
  if (idleMs < TELLING_MS) {
    return ruledOutVerdict(
      ID,
      idleMs === 0
        ? 'no session is idle in a transaction'
        : `idle in a transaction for at most ${formatValue(idleMs, 'ms')}`,
    );
  }
  const standing = rowsOf(evidence, 'sessions').filter((row) =>
    textIn(row, 'state').startsWith('idle in transaction'),
  );
  const session = standing[0];
  const pid = numberIn(session, 'pid');
  const application = textIn(session, 'application');
  const waitsFor = metricFor(facts, 'postgres.locks', evidence.service, 'blocked_sessions');
  return causeVerdict({
    id: ID,
    title: 'A transaction stands idle',
    service: evidence.service,
    summary: `Session ${pid ?? '?'}${application ? ` of ${application}` : ''} has been idle inside a transaction for ${formatValue(idleMs, 'ms')}: it keeps its locks, and VACUUM cannot remove rows that it may still see.`,
    // Where it blocks others, the lock rule tells the story; alone it may be harmless for some time.
    confidence: (waitsFor ?? 0) > 0 ? 0.5 : idleMs >= LONG_MS ? 0.7 : 0.5,
    evidence: lines(
      line,
      metricLine(evidence, 'connections_idle_in_transaction', 'sessions idle in a transaction'),
      heldBack(standing),
    ),
    against: lines(waitsFor === 0 ? NOBODY_WAITS : undefined),
    advice: adviceFor(pid, sessionRole(facts, evidence.service, pid)),
  });
}

/** What it costs where nobody waits: VACUUM keeps every row that the oldest of them may see. */
function heldBack(sessions: readonly Row[]): EvidenceLine | undefined {
  const ages = sessions.flatMap((row) => numberIn(row, 'xmin_age') ?? []);
  if (ages.length === 0) return undefined;
  return {
    probe: 'postgres.activity',
    metric: 'xmin_age',
    value: Math.max(...ages),
    unit: 'count',
    text: 'transactions since the oldest row that it may see: rows that died since then stay',
  };
}

const NOBODY_WAITS: EvidenceLine = {
  probe: 'postgres.locks',
  metric: 'blocked_sessions',
  value: 0,
  unit: 'count',
  text: 'nothing waits for a lock now',
};

function adviceFor(pid: number | undefined, role: string): readonly CauseAdvice[] {
  return [
    {
      title: 'Find where the application leaves the transaction open',
      why: 'A commit or rollback is missing, or something slow is done between two statements. Its last statement tells the place.',
      effect: 'reads',
      command: `SELECT pid, application_name, client_addr, xact_start, query FROM pg_stat_activity WHERE pid = ${pid ?? 0};`,
      source:
        'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW',
    },
    idleLimitAdvice(role, 'The server then ends such sessions by itself.'),
  ];
}
