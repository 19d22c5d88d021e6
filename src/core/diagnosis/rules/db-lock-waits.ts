import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from '../facts.ts';
import { idleLimitAdvice } from '../idle-limit-advice.ts';
import type { DiagnosisRule } from '../rule.ts';
import { sessionRole } from '../session-role.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'postgres.locks';
const WHY_IDLE =
  'The holder is idle inside its transaction: the application forgot to commit or waits for something else.';

/** Shorter waits are everyday traffic. */
const TELLING_WAIT_MS = 1000;

/** One of `db.lock_contention` (row and table locks of ordinary statements) and `db.ddl_lock_queue` (DDL in the queue or holding it). */
export const dbLockWaitsRule: DiagnosisRule = {
  ids: ['db.lock_contention', 'db.ddl_lock_queue'],
  evaluate: (facts) => collectedBy(facts, PROBE).flatMap((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): readonly Verdict[] {
  const blocking = rowsOf(evidence, 'blocking');
  const blocked = metricLine(evidence, 'blocked_sessions', 'sessions wait for a lock', { threshold: 0 });
  if (blocked === undefined)
    return dbLockWaitsRule.ids.map((id) => undecidedVerdict(id, 'lock waits were not measured'));
  const longestMs = Math.max(0, ...blocking.map((row) => numberIn(row, 'wait_ms') ?? 0));
  const count = Number(blocked.value);
  const top = blocking[0];
  if (top === undefined || (longestMs < TELLING_WAIT_MS && count < 3)) {
    const reason =
      count === 0
        ? 'no session waits for a lock'
        : `the longest lock wait is ${formatValue(longestMs, 'ms')}`;
    return dbLockWaitsRule.ids.map((id) => ruledOutVerdict(id, reason));
  }
  return [causeOf(facts, evidence, { blocked, blocking, top, longestMs }), ...neighbourOf(blocking)];
}

/** The other of the two, which looks alike from outside; silent where some wait behind another session than the schema change. */
function neighbourOf(blocking: readonly Row[]): readonly Verdict[] {
  const ddl = ddlOf(blocking);
  if (ddl === undefined)
    return [
      ruledOutVerdict('db.ddl_lock_queue', 'no schema change is among the waits: none needs a whole table'),
    ];
  const root = numberIn(ddl, 'root_pid');
  return blocking.every((row) => numberIn(row, 'root_pid') === root)
    ? [ruledOutVerdict('db.lock_contention', 'all of them wait behind a schema change')]
    : [];
}

interface Waits {
  readonly blocked: EvidenceLine;
  readonly blocking: readonly Row[];
  readonly top: Row;
  readonly longestMs: number;
}

function causeOf(
  facts: Facts,
  evidence: CollectedEvidence,
  { blocked, blocking, top, longestMs }: Waits,
): Verdict {
  const count = Number(blocked.value);
  const ddl = ddlOf(blocking);
  const root = ddl ?? top;
  const holder = holderOf(root);
  const relation = textIn(root, 'relation') || 'a table';
  return causeVerdict({
    id: ddl ? 'db.ddl_lock_queue' : 'db.lock_contention',
    title: ddl ? 'A schema change blocks the table' : 'Sessions wait for a lock',
    service: evidence.service,
    summary: summaryOf(root, { count, longestMs, isDdl: ddl !== undefined }),
    confidence: confidenceOf(longestMs, count, ddl !== undefined),
    evidence: lines(
      blocked,
      metricLine(evidence, 'longest_wait_ms', `longest wait for a lock on ${relation}`, {
        threshold: TELLING_WAIT_MS,
      }),
      rootLine(root, holder),
    ),
    advice: adviceFor(root, ddl, sessionRole(facts, evidence.service, numberIn(root, 'root_pid'))),
  });
}

function summaryOf(
  root: Row,
  {
    count,
    longestMs,
    isDdl,
  }: { readonly count: number; readonly longestMs: number; readonly isDdl: boolean },
): string {
  const who = count === 1 ? '1 session waits' : `${count} sessions wait`;
  const relation = textIn(root, 'relation') || 'a table';
  return isDdl
    ? `${who} in the lock queue of ${relation}: a statement that needs the table for itself ${queueReason(root)}, and all later reads wait behind it; at the root is ${holderOf(root)}.`
    : `${who} up to ${formatValue(longestMs, 'ms')} for a lock on ${relation} that ${holderOf(root)} holds.`;
}

/** The wait that makes it a queue behind DDL: somebody wants the whole table, or the root holds it. */
function ddlOf(blocking: readonly Row[]): Row | undefined {
  return (
    blocking.find((row) => textIn(row, 'lock_mode') === 'AccessExclusiveLock') ??
    blocking.find(
      (row) =>
        textIn(row, 'root_lock_mode') === 'AccessExclusiveLock' &&
        textIn(row, 'lock_mode').startsWith('Access'),
    )
  );
}

function queueReason(row: Row): string {
  return textIn(row, 'lock_mode') === 'AccessExclusiveLock'
    ? `has waited ${formatValue(numberIn(row, 'wait_ms') ?? 0, 'ms')}`
    : 'holds it';
}

function holderOf(row: Row): string {
  const pid = numberIn(row, 'root_pid') ?? 0;
  if (pid === 0) return 'a prepared transaction that nobody finished';
  const application = textIn(row, 'root_application');
  const state = textIn(row, 'root_state') || 'state hidden';
  const age = numberIn(row, 'root_transaction_age_ms');
  const since = age === undefined ? '' : `, transaction open for ${formatValue(age, 'ms')}`;
  return `session ${pid}${application ? ` of ${application}` : ''} (${state}${since})`;
}

function rootLine(row: Row, holder: string): EvidenceLine {
  return {
    probe: PROBE,
    metric: 'root_pid',
    value: numberIn(row, 'root_pid') ?? 0,
    text: `at the root: ${holder}`,
  };
}

function confidenceOf(longestMs: number, count: number, isDdl: boolean): number {
  const clear = longestMs >= 10_000 || (longestMs >= TELLING_WAIT_MS && count >= 3);
  if (isDdl) return clear ? 0.95 : 0.88;
  if (longestMs < TELLING_WAIT_MS) return 0.5;
  return clear ? 0.93 : 0.82;
}

function adviceFor(root: Row, ddl: Row | undefined, role: string): readonly CauseAdvice[] {
  const pid = numberIn(root, 'root_pid') ?? 0;
  // Where its age is hidden: whoever holds a lock began before the others began to wait for it.
  const age = numberIn(root, 'root_transaction_age_ms') ?? numberIn(root, 'wait_ms');
  const stillIts =
    age === undefined ? '' : ` AND xact_start < now() - interval '${Math.max(1, Math.floor(age / 2000))} s'`;
  const end: CauseAdvice =
    pid === 0
      ? {
          title: 'Finish the prepared transaction',
          why: 'It holds its locks until somebody commits it or rolls it back, also over restarts.',
          effect: 'reads',
          command: 'SELECT gid, prepared, owner FROM pg_prepared_xacts ORDER BY prepared;',
          risk: 'ROLLBACK PREPARED throws its changes away: ask its owner first.',
          source: 'https://www.postgresql.org/docs/current/sql-rollback-prepared.html',
        }
      : {
          title: `End session ${pid}, which holds the lock`,
          why: `All waiting sessions go on as soon as its transaction ends.`,
          effect: 'changes',
          command: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${pid}${stillIts};`,
          risk: 'Its open transaction is rolled back and its client gets an error. Look at what it does first.',
          undo: 'None; the application runs the transaction again.',
          source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL',
        };
  if (ddl !== undefined) return [end, ...ddlAdvice(ddl)];
  if (textIn(root, 'root_state').startsWith('idle in transaction'))
    return [end, idleLimitAdvice(role, WHY_IDLE)];
  return [end];
}

/**
 * Takes the schema change away where it still runs or waits. One that is done and stands idle in its transaction has no
 * statement to cancel: ending its session, which is the first advice, is the only way.
 */
function ddlAdvice(ddl: Row): readonly CauseAdvice[] {
  const isWaiting = textIn(ddl, 'lock_mode') === 'AccessExclusiveLock';
  const pid = numberIn(ddl, isWaiting ? 'blocked_pid' : 'root_pid');
  const isRunning = isWaiting || textIn(ddl, 'root_state') === 'active';
  if (!isRunning || !pid) return [];
  const since = isWaiting ? ddl.wait_ms : ddl.root_transaction_age_ms;
  // A transaction may be older than the statement that runs in it.
  const guard = isWaiting ? 'query_start' : 'xact_start';
  const seconds = Math.max(1, Math.floor(Number(since ?? 0) / 2000));
  return [
    {
      title: 'Or take the schema change out of the queue',
      why: 'Reads run again at once; with a short lock_timeout a schema change gives up by itself instead of blocking everybody.',
      effect: 'changes',
      command: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND state = 'active' AND ${guard} < now() - interval '${seconds} s'; -- next time: SET lock_timeout = '2s'; before the ALTER, and try again`,
      risk: 'The schema change is not done and has to be run again.',
      undo: 'Run the schema change again.',
      source: 'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT',
    },
  ];
}
