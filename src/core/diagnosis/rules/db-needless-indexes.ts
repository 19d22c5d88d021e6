import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, rowsOf } from '../facts.ts';
import { recreatedBy } from '../recreate-index.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const PROBE = 'postgres.indexes';
const DROP_INDEX = 'https://www.postgresql.org/docs/current/sql-dropindex.html';

/** A month holds the jobs that run once a month. */
const LONG_ENOUGH_MS = 30 * 86_400_000;

/** Indexes that cost every write and help no read. They slow things a little, so they never come before what hurts now. */
export const dbNeedlessIndexesRule: DiagnosisRule = {
  ids: ['db.unused_index', 'db.duplicate_index'],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [unused(evidence), duplicate(evidence)]),
};

function unused(evidence: CollectedEvidence): Verdict {
  const id = 'db.unused_index';
  const rows = rowsOf(evidence, 'unused');
  const [largest] = rows;
  const ageMs = metricValue(evidence, 'stats_age_ms') ?? 0;
  const since = `counted for ${formatValue(ageMs, 'ms')}`;
  if (largest === undefined)
    return ruledOutVerdict(id, `every index of 10 MB or more is used or enforces something (${since})`);
  const known = ageMs >= LONG_ENOUGH_MS;
  return causeVerdict({
    id,
    title: 'Indexes that nobody uses',
    service: evidence.service,
    summary: `${countOf(rows.length, 'index is', 'indexes are')} hardly used (${since}), the largest is ${nameAndSize(largest)} with ${formatValue(numberIn(largest, 'scans') ?? 0, 'count')} uses: every write keeps it up to date.`,
    confidence: known ? 0.38 : 0.31,
    evidence: lines(
      metricLine(evidence, 'unused_index_bytes', 'size of all indexes that are hardly used'),
      rowLine('scans', largest, `uses of ${textIn(largest, 'index')}, ${since}`),
    ),
    against: known
      ? []
      : lines(
          metricLine(evidence, 'stats_age_ms', 'age of the counters: a monthly job may need the index', {
            threshold: LONG_ENOUGH_MS,
          }),
        ),
    advice: known ? rows.slice(0, 3).map(dropUnused) : [countLonger(largest)],
  });
}

function dropUnused(row: Row): CauseAdvice {
  return {
    title: `Drop the index ${textIn(row, 'index')} if no replica uses it either`,
    why: `It takes ${formatValue(numberIn(row, 'size_bytes') ?? 0, 'bytes')} of disk and memory and slows every write of ${textIn(row, 'table')}. Replicas count their uses themselves: look there first.`,
    effect: 'changes',
    command: dropCommand(row),
    risk: 'A rare statement that needs it becomes slow. It has to run alone, outside a transaction.',
    ...recreatedBy(row),
    source: DROP_INDEX,
  };
}

function countLonger(row: Row): CauseAdvice {
  return {
    title: 'Look again when the counters are a month old',
    why: 'Until then a job that runs once a week or a month may still need the index.',
    effect: 'reads',
    command: `SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelid = '${textIn(row, 'index').replaceAll("'", "''")}'::regclass;`,
    source:
      'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW',
  };
}

function duplicate(evidence: CollectedEvidence): Verdict {
  const id = 'db.duplicate_index';
  const rows = rowsOf(evidence, 'duplicates');
  const [largest] = rows;
  if (largest === undefined) return ruledOutVerdict(id, 'no index repeats another one');
  return causeVerdict({
    id,
    title: 'Indexes that repeat others',
    service: evidence.service,
    summary: `${nameAndSize(largest)} on ${textIn(largest, 'table')} ${textIn(largest, 'kind') === 'the same columns' ? 'has the same columns as' : 'is covered by the first columns of'} ${textIn(largest, 'replaced_by')}${rows.length > 1 ? `, and ${rows.length - 1} more repeat others` : ''}: each write is done twice.`,
    confidence: 0.36,
    evidence: lines(
      metricLine(evidence, 'duplicate_indexes', 'indexes that another one replaces', { threshold: 0 }),
      metricLine(evidence, 'duplicate_index_bytes', 'their size'),
    ),
    advice: rows.slice(0, 3).map(
      (row): CauseAdvice => ({
        title: `Drop ${textIn(row, 'index')}, which ${textIn(row, 'replaced_by')} replaces`,
        why: `It ${textIn(row, 'kind') === 'the same columns' ? 'has' : 'begins with'} the same columns: statements use the other one instead.`,
        effect: 'changes',
        command: dropCommand(row),
        risk: 'The other index is larger where it has more columns, so a scan may read a little more. Run it alone, outside a transaction.',
        ...recreatedBy(row),
        source: DROP_INDEX,
      }),
    ),
  });
}

function dropCommand(row: Row): string {
  return `DROP INDEX CONCURRENTLY ${textIn(row, 'index')};`;
}

function nameAndSize(row: Row): string {
  const size = numberIn(row, 'size_bytes');
  return `${textIn(row, 'index')}${size === undefined ? '' : ` (${formatValue(size, 'bytes')})`}`;
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function rowLine(metric: string, row: Row, text: string) {
  return { probe: PROBE, metric, value: numberIn(row, metric) ?? 0, unit: 'count', text } as const;
}
