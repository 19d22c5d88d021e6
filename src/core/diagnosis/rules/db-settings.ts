import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const PROBE = 'postgres.settings';

/** Smaller tables are read quickly, dead rows and all. */
const LEAST_ROWS = 10_000;

/** Settings that switch upkeep off, and those that somebody changed and that are not in force yet. */
export const dbSettingsRule: DiagnosisRule = {
  ids: ['db.autovacuum_off', 'db.pending_restart'],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [autovacuum(facts, evidence), pendingRestart(evidence)]),
};

function autovacuum(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'db.autovacuum_off';
  const isOff = (metric: string) => metricValue(evidence, metric) === 0;
  const setting = isOff('autovacuum_enabled')
    ? 'autovacuum'
    : isOff('track_counts_enabled')
      ? 'track_counts'
      : undefined;
  if (setting !== undefined) return serverWide(evidence, setting);
  const tables = rowsOf(collectedFor(facts, 'postgres.tables', evidence.service), 'tables').filter(
    (row) => textIn(row, 'autovacuum') === 'off' && (numberIn(row, 'rows_estimate') ?? 0) >= LEAST_ROWS,
  );
  const [largest] = tables;
  if (largest === undefined) return ruledOutVerdict(id, 'autovacuum is on');
  const rows = numberIn(largest, 'rows_estimate') ?? 0;
  return causeVerdict({
    id,
    title: 'Autovacuum is off for a table',
    service: evidence.service,
    summary: `Autovacuum is off for ${textIn(largest, 'table')} (${formatValue(rows, 'count')} rows)${tables.length > 1 ? ` and ${tables.length - 1} more` : ''}: dead rows stay, and plans are made from old statistics.`,
    confidence: 0.34,
    evidence: [
      {
        probe: 'postgres.tables',
        metric: 'rows_estimate',
        value: rows,
        unit: 'count',
        threshold: LEAST_ROWS,
        text: `rows in ${textIn(largest, 'table')}, whose autovacuum is off`,
      },
    ],
    advice: tables.slice(0, 3).map((row) => ({
      title: `Switch autovacuum on for ${textIn(row, 'table')}`,
      why: 'It was switched off for this table alone; nobody removes its dead rows.',
      effect: 'changes',
      command: `ALTER TABLE ${textIn(row, 'table')} RESET (autovacuum_enabled);`,
      risk: 'A vacuum may start soon. The command waits for statements that use the table.',
      undo: `ALTER TABLE ${textIn(row, 'table')} SET (autovacuum_enabled = off);`,
      source: 'https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED',
    })),
  });
}

function serverWide(evidence: CollectedEvidence, setting: 'autovacuum' | 'track_counts'): Verdict {
  return causeVerdict({
    id: 'db.autovacuum_off',
    title: 'Autovacuum is off',
    service: evidence.service,
    summary: `${setting} is off on the whole server: dead rows stay, and plans are made from old statistics.`,
    confidence: 0.44,
    evidence: lines(metricLine(evidence, `${setting}_enabled`, `${setting} (1 is on)`, { threshold: 1 })),
    advice: [
      {
        title: 'Switch autovacuum on',
        why: 'Without it every table grows, and in the end the server stops to prevent a wraparound of transaction ids.',
        effect: 'changes',
        command: `ALTER SYSTEM SET ${setting} = on; -- then, as a statement of its own: SELECT pg_reload_conf();`,
        risk: 'It has much to catch up with: expect reads and writes for some time. No restart is needed.',
        undo: `ALTER SYSTEM SET ${setting} = off; -- then SELECT pg_reload_conf();`,
        source: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM',
      },
    ],
  });
}

function pendingRestart(evidence: CollectedEvidence): Verdict {
  const id = 'db.pending_restart';
  const names = rowsOf(evidence, 'settings')
    .filter((row) => textIn(row, 'pending_restart') === 'yes')
    .map((row) => textIn(row, 'setting'));
  if (names.length === 0) return ruledOutVerdict(id, 'no changed setting waits for a restart');
  return causeVerdict({
    id,
    title: 'Changed settings are not in force',
    service: evidence.service,
    summary: `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} changed and ${names.length === 1 ? 'waits' : 'wait'} for a restart: until then the server works with the old values.`,
    confidence: 0.33,
    evidence: lines(
      metricLine(evidence, 'settings_pending_restart', 'settings that wait for a restart', { threshold: 0 }),
    ),
    advice: [restart(names)],
  });
}

function restart(names: readonly string[]): CauseAdvice {
  return {
    title: 'Restart PostgreSQL when it suits',
    why: 'These settings are read at the start only. Look at the new values first: a wrong one keeps the server from starting.',
    effect: 'reads',
    command: `SELECT name, setting AS old_value, sourcefile, sourceline FROM pg_settings WHERE pending_restart; SELECT name, setting AS new_value, error FROM pg_file_settings WHERE name IN (${names.map((name) => `'${name}'`).join(', ')});`,
    risk: 'The two SELECTs only read. A restart ends all sessions.',
    undo: 'ALTER SYSTEM RESET <setting>; drops a change that was not wanted.',
    source: 'https://www.postgresql.org/docs/current/view-pg-settings.html',
  };
}
