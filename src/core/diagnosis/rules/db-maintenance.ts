import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { changeSetting } from '../change-setting.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from '../facts.ts';
import { onOneLine } from '../quote.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'postgres.maintenance';

/** The server refuses new transactions from about 2.1 billion on. */
const DANGEROUS_AGE = 1_500_000_000;

/** awesome-prometheus-alerts: more than half of the checkpoints come early. */
const REQUESTED_RATIO = 0.5;

const MIB = 1024 ** 2;

/** Upkeep of the server as a whole: transaction ids that run out, and checkpoints that come too often. */
export const dbMaintenanceRule: DiagnosisRule = {
  ids: ['db.wraparound', 'db.checkpoint_pressure'],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [wraparound(evidence), checkpoints(facts, evidence)]),
};

function wraparound(evidence: CollectedEvidence): Verdict {
  const id = 'db.wraparound';
  const age = metricValue(evidence, 'transaction_age');
  const ratio = metricValue(evidence, 'transaction_age_ratio');
  if (age === undefined || ratio === undefined)
    return undecidedVerdict(id, 'ages of transaction ids were not measured');
  const told = `${formatValue(age, 'count')} transactions, ${formatValue(ratio, 'ratio')} of autovacuum_freeze_max_age`;
  if (ratio <= 1) return ruledOutVerdict(id, `the oldest transaction id is ${told} old`);
  const database = evidence.facts?.oldest_database ?? 'a database';
  const isDangerous = age >= DANGEROUS_AGE;
  const [oldest] = rowsOf(evidence, 'oldest');
  const table = textIn(oldest, 'table');
  const here = evidence.facts?.database === database && table !== '';
  return causeVerdict({
    id,
    title: 'Transaction ids are running out',
    service: evidence.service,
    summary: `The oldest transaction id of ${database} is ${told} old${here ? ` (${table})` : ''}: ${isDangerous ? 'the server will soon refuse to write' : 'vacuums against a wraparound run or are held up'}.`,
    confidence: isDangerous ? 0.95 : 0.43,
    evidence: lines(
      metricLine(evidence, 'transaction_age', `age of the oldest transaction id of ${database}`, {
        threshold: isDangerous ? DANGEROUS_AGE : Math.round(age / ratio),
      }),
      metricLine(evidence, 'transaction_age_ratio', 'of the age at which autovacuum is forced', {
        threshold: 1,
      }),
    ),
    advice: [
      {
        title: 'Find what keeps old rows visible, and end it',
        why: 'VACUUM cannot freeze what an open or prepared transaction or a replication slot may still need.',
        effect: 'reads',
        command:
          'SELECT pid, application_name, state, xact_start, age(backend_xmin) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL ORDER BY age(backend_xmin) DESC LIMIT 5; SELECT gid, prepared, owner FROM pg_prepared_xacts; SELECT slot_name, active, age(xmin), age(catalog_xmin) FROM pg_replication_slots;',

        source: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND',
      },
      {
        title: here ? `Freeze ${table}` : `Freeze the oldest tables of ${database}`,
        why: 'It makes the ids of its rows old enough to be forgotten, so that they can be used again.',
        effect: 'changes',
        command: here
          ? `VACUUM (FREEZE, VERBOSE) ${table};`
          : `-- in database ${onOneLine(database)}: VACUUM (FREEZE, VERBOSE);`,
        risk: 'Reads and writes the whole table once and writes much log; it does not lock out reads or writes.',
        undo: 'None needed.',
        source: 'https://www.postgresql.org/docs/current/sql-vacuum.html',
      },
    ],
    ...(here && (numberIn(oldest, 'age') ?? age) < age * 0.9
      ? { against: lines(metricLine(evidence, 'transaction_age', 'no table of this database is that old')) }
      : {}),
  });
}

function checkpoints(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'db.checkpoint_pressure';
  const value = (metric: string) => metricValue(evidence, metric);
  const ratio = value('checkpoints_requested_ratio');
  if (ratio === undefined)
    return undecidedVerdict(id, 'there were too few checkpoints to tell their reasons');
  const recent = value('checkpoints_requested') ?? 0;
  const interval = value('checkpoint_interval_ms');
  const timeout = value('checkpoint_timeout_ms') ?? 300_000;
  if (ratio <= REQUESTED_RATIO) {
    return ruledOutVerdict(id, `${formatValue(ratio, 'ratio')} of the checkpoints came before their time`);
  }
  const size = wantedSize(evidence, timeout);
  const now = value('max_wal_size_bytes') ?? 0;
  const change = changeSetting(facts, evidence.service, { setting: 'max_wal_size', value: `'${size}MB'` });
  return causeVerdict({
    id,
    title: 'Checkpoints come too often',
    service: evidence.service,
    summary: `${formatValue(ratio, 'ratio')} of the checkpoints came before their time${interval === undefined ? '' : `, one every ${formatValue(interval, 'ms')}`}, because max_wal_size (${formatValue(now, 'bytes')}) was full: each writes all changed pages, and pages after it go into the log whole.`,
    confidence: (recent > 0 ? 0.5 : 0.34) + ((value('backend_fsyncs') ?? 0) > 0 ? 0.08 : 0),
    evidence: lines(
      metricLine(
        evidence,
        'checkpoints_requested_ratio',
        'of all checkpoints since the counters began were requested',
        {
          threshold: REQUESTED_RATIO,
        },
      ),
      metricLine(
        evidence,
        'checkpoints_requested',
        `of them within the last ${evidence.facts?.checkpoints_within ?? 'look'}`,
      ),
      metricLine(evidence, 'wal_bytes_per_second', 'log written now'),
      metricLine(evidence, 'backend_fsyncs', 'times that a session had to flush a file itself', {
        threshold: 0,
      }),
    ),
    advice: [
      {
        title: `Set max_wal_size to ${size} MB`,
        why: `It then holds what is written within checkpoint_timeout (${formatValue(timeout, 'ms')}), so that checkpoints come by time and are spread out.`,
        effect: 'changes',
        command: change.command,
        risk: `${change.needs} pg_wal may take ${size} MB of disk, and recovery after a crash takes longer.`,
        undo: change.undo,
        source: 'https://www.postgresql.org/docs/current/wal-configuration.html',
      },
    ],
  });
}

/**
 * MB of max_wal_size at which checkpoints come by time: one is requested after max_wal_size / (1 + completion target) of
 * log (PostgreSQL documentation, "WAL Configuration"); with a quarter to spare, and no less than double.
 */
function wantedSize(evidence: CollectedEvidence, timeoutMs: number): number {
  const value = (metric: string) => metricValue(evidence, metric);
  const now = value('max_wal_size_bytes') ?? 1024 * MIB;
  const byRate =
    (value('wal_bytes_per_second') ?? 0) *
    (timeoutMs / 1000) *
    (1 + (value('checkpoint_completion_ratio') ?? 0.9));
  const byInterval = now * (timeoutMs / Math.max(1000, value('checkpoint_interval_ms') ?? timeoutMs));
  const bytes = Math.max(
    2 * now,
    1.25 * Math.min(byRate || byInterval, 64 * now),
    1.25 * Math.min(byInterval, 64 * now),
  );
  return Math.ceil(bytes / MIB / 256) * 256;
}
