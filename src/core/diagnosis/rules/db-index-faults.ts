import type { CollectedEvidence } from '../../evidence.ts';
import { quoteName, splitTable } from '../../sql/statement-shape.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from '../facts.ts';
import { recreatedBy } from '../recreate-index.ts';
import type { DiagnosisRule } from '../rule.ts';
import { heaviestOn, statementsOf } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const PROBE = 'postgres.indexes';

/** PgHero's limit for a missing index: below it, reading the whole table is quick. */
const LEAST_ROWS = 10_000;

/** Indexes that are broken, and foreign keys that read the whole table at each delete for want of one. */
export const dbIndexFaultsRule: DiagnosisRule = {
  ids: ['db.invalid_index', 'db.foreign_key_without_index'],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [invalid(evidence), foreignKeys(facts, evidence)]),
};

function invalid(evidence: CollectedEvidence): Verdict {
  const id = 'db.invalid_index';
  const rows = rowsOf(evidence, 'invalid');
  const [first] = rows;
  if (first === undefined) return ruledOutVerdict(id, 'all indexes are valid');
  const index = textIn(first, 'index');
  return causeVerdict({
    id,
    title: 'An index is not valid',
    service: evidence.service,
    summary: `${index} on ${textIn(first, 'table')} was left unfinished${rows.length > 1 ? ` (and ${rows.length - 1} more)` : ''}: writes keep it up to date, but no statement can use it.`,
    confidence: 0.42,
    evidence: lines(
      metricLine(evidence, 'invalid_indexes', 'indexes that are not valid and not being built', {
        threshold: 0,
      }),
    ),
    advice: rows.slice(0, 2).flatMap(repairs),
  });
}

function repairs(row: Row): readonly CauseAdvice[] {
  const index = textIn(row, 'index');
  const source = 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY';
  return [
    {
      title: `Build ${index} again`,
      why: 'CREATE INDEX CONCURRENTLY leaves an invalid index when it is cancelled or finds a duplicate; IF NOT EXISTS then passes over it in silence.',
      effect: 'changes',
      command: `REINDEX INDEX CONCURRENTLY ${index};`,
      risk: 'It reads the whole table and waits for open transactions. For a unique index, remove the duplicates first. Run it alone, outside a transaction.',
      undo: `DROP INDEX CONCURRENTLY ${index};`,
      source,
    },
    {
      title: `Or drop ${index}`,
      why: 'Nobody can use it as it is.',
      effect: 'changes',
      command: `DROP INDEX CONCURRENTLY ${index};`,
      risk: 'Make sure that no build of it is running right now.',
      ...recreatedBy(row),
      source,
    },
  ];
}

function foreignKeys(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'db.foreign_key_without_index';
  const all = rowsOf(evidence, 'foreign_keys');
  const large = all.filter((row) => (numberIn(row, 'rows_estimate') ?? 0) >= LEAST_ROWS);
  // Deletes and updates at the other end are what pays; with them the largest table is the worst.
  const changed = (row: Row) => numberIn(row, 'referenced_changes') ?? 0;
  const worst = large.find((row) => changed(row) > 0) ?? large[0];
  if (worst === undefined) {
    return ruledOutVerdict(
      id,
      all.length === 0
        ? 'every foreign key has an index'
        : `foreign keys without an index only on tables below 10,000 rows (${textIn(all[0], 'table')})`,
    );
  }
  const table = textIn(worst, 'table');
  const referenced = textIn(worst, 'referenced');
  const statement = heaviestOn(statementsOf(facts, evidence.service) ?? [], referenced);
  const deletes = /^\s*delete\b/i.test(textIn(statement, 'query')) ? (numberIn(statement, 'share') ?? 0) : 0;
  return causeVerdict({
    id,
    title: 'A foreign key has no index',
    service: evidence.service,
    summary: `${table} (${formatValue(numberIn(worst, 'rows_estimate') ?? 0, 'count')} rows) has no index on ${textIn(worst, 'columns')}: each row that is deleted from ${referenced} reads it in full.`,
    confidence: deletes >= 0.5 ? 0.8 : changed(worst) > 0 ? 0.38 : 0.32,
    evidence: lines(
      metricLine(evidence, 'foreign_keys_without_index', 'foreign keys without an index', { threshold: 0 }),
      {
        probe: PROBE,
        metric: 'rows_estimate',
        value: numberIn(worst, 'rows_estimate') ?? 0,
        unit: 'count',
        threshold: LEAST_ROWS,
        text: `rows in ${table}`,
      },
      {
        probe: PROBE,
        metric: 'referenced_changes',
        value: changed(worst),
        unit: 'count',
        text: `rows deleted from or updated in ${referenced} since the counters began`,
      },
    ),
    advice: large.slice(0, 3).map(indexFor),
  });
}

function indexFor(row: Row): CauseAdvice {
  const table = textIn(row, 'table');
  const columns = textIn(row, 'columns');
  const { schema, name: bare } = splitTable(table);
  const name = quoteName(`${bare}_${columns.replaceAll(', ', '_').replaceAll('"', '')}_idx`.slice(0, 63));
  return {
    title: `Create an index on ${table} (${columns})`,
    why: `The check of ${textIn(row, 'constraint')} then finds its rows without reading the whole table, and locks are held for less long.`,
    effect: 'changes',
    command: `CREATE INDEX CONCURRENTLY ${name} ON ${table} (${columns});`,
    risk: 'It reads the whole table and takes disk space; writes get a little slower. Run it alone, outside a transaction. If it fails it leaves an INVALID index that has to be dropped.',
    undo: `DROP INDEX CONCURRENTLY ${schema}${name};`,
    source: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
  };
}
