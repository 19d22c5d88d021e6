import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const PROBE = 'postgres.replication';

/** awesome-prometheus-alerts warns from 30 s on; the bytes are four segments of log, for a primary that went quiet. */
const LAG_MS = 30_000;
const LAG_BYTES = 64 * 1024 ** 2;

/** PostgreSQL's own default for max_wal_size: what it would keep anyway. */
const RETAINED_BYTES = 1024 ** 3;

const FUNCTIONS = 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION';

/** Standbys that are behind, and slots that keep log back for nobody until the disk is full. */
export const dbReplicationRule: DiagnosisRule = {
  ids: ['db.replication_lag', 'db.slot_retains_wal'],
  evaluate: (facts) => collectedBy(facts, PROBE).flatMap((evidence) => [lag(evidence), retained(evidence)]),
};

function lag(evidence: CollectedEvidence): Verdict {
  const id = 'db.replication_lag';
  const own = metricValue(evidence, 'replay_delay_ms') ?? 0;
  if (own >= LAG_MS) return lagVerdict(evidence, 'This standby', own, undefined);
  const worst = rowsOf(evidence, 'standbys').find(
    (row) => (numberIn(row, 'lag_ms') ?? 0) >= LAG_MS || (numberIn(row, 'lag_bytes') ?? 0) >= LAG_BYTES,
  );
  if (worst !== undefined)
    return lagVerdict(evidence, `Standby ${textIn(worst, 'name')}`, numberIn(worst, 'lag_ms'), worst);
  const standbys = metricValue(evidence, 'standbys') ?? 0;
  return ruledOutVerdict(
    id,
    standbys === 0
      ? 'no standby is connected'
      : `standbys are at most ${formatValue(metricValue(evidence, 'replication_lag_bytes') ?? 0, 'bytes')} behind`,
  );
}

function lagVerdict(
  evidence: CollectedEvidence,
  who: string,
  lagMs: number | undefined,
  row: Row | undefined,
): Verdict {
  const bytes = numberIn(row, 'lag_bytes');
  const amount = [
    bytes === undefined ? '' : formatValue(bytes, 'bytes'),
    lagMs === undefined || lagMs < 1000 ? '' : formatValue(lagMs, 'ms'),
  ].filter((part) => part !== '');
  return causeVerdict({
    id: 'db.replication_lag',
    title: 'A standby is behind',
    service: evidence.service,
    summary: `${who} is ${amount.join(' and ')} behind: whoever reads there gets old rows${textIn(row, 'sync') === 'sync' ? ', and every commit waits for it' : ''}.`,
    confidence: textIn(row, 'sync') === 'sync' ? 0.6 : 0.45,
    evidence: lines(
      metricLine(evidence, 'replication_lag_bytes', 'log that the standby has not applied', {
        threshold: LAG_BYTES,
      }),
      metricLine(evidence, 'replication_lag_ms', 'age of what it applied last', { threshold: LAG_MS }),
      metricLine(evidence, 'replay_delay_ms', 'age of what this standby applied last', { threshold: LAG_MS }),
    ),
    advice: [
      {
        title: 'Look at the standby: is replay paused, held up by a query, or short of disk or CPU?',
        why: 'A long query on the standby, a pause that was forgotten and a slow disk look the same from the primary.',
        effect: 'reads',
        command:
          "SELECT pg_is_wal_replay_paused(); SELECT pid, state, xact_start, left(query, 80) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY xact_start; -- on the standby; SELECT pg_wal_replay_resume(); ends a pause",
        risk: 'The two SELECTs only read; resuming lets the standby apply what has piled up.',
        undo: 'SELECT pg_wal_replay_pause();',
        source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL',
      },
    ],
  });
}

function retained(evidence: CollectedEvidence): Verdict {
  const id = 'db.slot_retains_wal';
  const slots = rowsOf(evidence, 'slots');
  const worst = slots.find(
    (row) => textIn(row, 'in_use') === 'no' && (numberIn(row, 'retained_bytes') ?? 0) >= RETAINED_BYTES,
  );
  if (worst === undefined) {
    return ruledOutVerdict(
      id,
      slots.length === 0 ? 'there are no replication slots' : 'no unused slot keeps 1 GB of log',
    );
  }
  const slot = textIn(worst, 'slot');
  return causeVerdict({
    id,
    title: 'A replication slot that nobody uses fills the disk',
    service: evidence.service,
    summary: `Slot ${slot} is not in use and keeps ${formatValue(numberIn(worst, 'retained_bytes') ?? 0, 'bytes')} of log: it grows until the disk is full and the server stops.`,
    confidence: 0.5,
    evidence: lines(
      metricLine(evidence, 'slot_retained_bytes', `log that slot ${slot} keeps`, {
        threshold: RETAINED_BYTES,
      }),
      metricLine(evidence, 'inactive_slots', 'slots that are not in use', { threshold: 0 }),
    ),
    advice: slotAdvice(slot),
  });
}

function slotAdvice(slot: string): readonly CauseAdvice[] {
  return [
    {
      title: `Drop the slot ${slot} if its standby or subscriber is gone for good`,
      why: 'The server may then recycle the log that it kept.',
      effect: 'changes',
      command: `SELECT pg_drop_replication_slot('${slot.replaceAll("'", "''")}');`,
      risk: 'A standby or subscriber that comes back has to be built again from a copy.',
      undo: 'None: a new slot begins with the log of now.',
      source: FUNCTIONS,
    },
    {
      title: 'Limit what slots may keep',
      why: 'A forgotten slot then loses its log before the disk is full.',
      effect: 'changes',
      command:
        "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; -- then, as a statement of its own: SELECT pg_reload_conf();",
      risk: 'A standby that is away for longer has to be built again. No restart is needed.',
      undo: 'ALTER SYSTEM RESET max_slot_wal_keep_size; -- then SELECT pg_reload_conf();',
      source:
        'https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE',
    },
  ];
}
