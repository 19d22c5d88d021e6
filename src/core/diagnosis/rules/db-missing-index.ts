import { quoteName, splitTable } from '../../sql/statement-shape.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor } from '../facts.ts';
import { sqlText } from '../quote.ts';
import type { DiagnosisRule } from '../rule.ts';
import {
  heaviestOn,
  quoteStatement,
  type ScanSuspect,
  scanSuspects,
  statementsOf,
} from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.missing_index';
const PROBE = 'postgres.database';
/** A statement that is answered this quickly does not read a large table in full. */
const QUICK_MS = 1;

/** A large table that a filtering statement reads in full, over and over. */
export const dbMissingIndexRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap(({ service, tables }) => {
      if (!tables?.some(({ name }) => name === 'tables'))
        return [undecidedVerdict(ID, 'tables were not measured')];
      const suspects = scanSuspects(facts, service);
      const [worst] = suspects.filter((suspect) => isPlausible(facts, service, suspect));
      if (worst) return [verdictOn(facts, service, worst)];
      const [scanned] = suspects;
      return [
        ruledOutVerdict(
          ID,
          scanned
            ? `${scanned.table} is read in full, but by no slow statement with a filter`
            : 'no table of 10,000 rows or more is read in full again and again',
        ),
      ];
    }),
};

/** With statements at hand one has to filter on the table; a statement that wants all rows is not helped by an index. */
function isPlausible(facts: Facts, service: string, suspect: ScanSuspect): boolean {
  if (suspect.statement !== undefined)
    return (numberIn(suspect.statement, 'mean_ms') ?? QUICK_MS) >= QUICK_MS;
  const statements = statementsOf(facts, service);
  return statements === undefined || heaviestOn(statements, suspect.table) === undefined;
}

function verdictOn(facts: Facts, service: string, suspect: ScanSuspect): Verdict {
  const { table, rows, rowsPerSecond, scansPerSecond, statement, columns, share } = suspect;
  const meanMs = numberIn(statement, 'mean_ms');
  const spills =
    (numberIn(statement, 'temp_bytes') ?? 0) / Math.max(1, numberIn(statement, 'calls') ?? 1) > 1e6;
  return causeVerdict({
    id: ID,
    title: 'An index is missing',
    service,
    summary: `${table} (${formatValue(rows, 'count')} rows) is read in full ${formatValue(scansPerSecond, 'per_second')} ${columns.length > 0 ? `without an index on ${columns.join(', ')}` : 'for lack of a fitting index'}${statement ? `: one statement takes ${formatValue(share, 'ratio')} of the database's time${meanMs === undefined ? '' : `, ${formatValue(meanMs, 'ms')} each`}` : ''}.`,
    confidence: confidenceOf({ share, meanMs, spills, hasStatement: statement !== undefined }),
    evidence: lines(
      line('seq_rows_per_second', rowsPerSecond, {
        unit: 'per_second',
        text: `rows of ${table} read by full scans`,
        threshold: 100_000,
      }),
      line('rows_estimate', rows, { unit: 'count', text: `rows in ${table}`, threshold: 10_000 }),
      statement
        ? {
            probe: 'postgres.statements',
            metric: 'share',
            value: share,
            unit: 'ratio',
            threshold: 0.5,
            text: `share of all statement time: ${quoteStatement(statement)}`,
          }
        : undefined,
      metricLine(
        collectedFor(facts, 'postgres.statements', service),
        'mean_exec_time_ms',
        'mean time of all statements',
        {
          threshold: 100,
        },
      ),
    ),
    against: lockLines(facts, service),
    advice: [indexAdvice(suspect)],
  });
}

function confidenceOf(found: {
  share: number;
  meanMs: number | undefined;
  spills: boolean;
  hasStatement: boolean;
}): number {
  if (!found.hasStatement) return 0.6;
  if (found.spills) return 0.6;
  if (found.share >= 0.5 && (found.meanMs ?? 0) >= 20) return 0.92;
  return found.share >= 0.3 ? 0.8 : 0.55;
}

function line(
  metric: string,
  value: number,
  rest: { unit: 'per_second' | 'count'; text: string; threshold: number },
): EvidenceLine {
  return { probe: PROBE, metric, value, ...rest };
}

function lockLines(facts: Facts, service: string): readonly EvidenceLine[] {
  const blocked = metricFor(facts, 'postgres.locks', service, 'blocked_sessions') ?? 0;
  if (blocked === 0) return [];
  return lines(
    metricLine(
      collectedFor(facts, 'postgres.locks', service),
      'blocked_sessions',
      'sessions wait for a lock: part of the time may be waiting',
    ),
  );
}

function indexAdvice({ table, columns }: ScanSuspect): CauseAdvice {
  const common = {
    risk: 'It reads the whole table and takes disk space; writes get a little slower. Run it alone, outside a transaction, and not while a long transaction is open. If it fails it leaves an INVALID index that has to be dropped.',
    source: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
  };
  if (columns.length === 0) {
    return {
      ...common,
      title: `Find the filter on ${table} and give it an index`,
      why: `The text of the statement is not visible here; its plan shows the filter of the full scan.`,
      effect: 'reads',
      command: `SELECT query FROM pg_stat_statements WHERE strpos(query, ${sqlText(splitTable(table).name)}) > 0 ORDER BY total_exec_time DESC LIMIT 5; -- then EXPLAIN it`,
    };
  }
  const chosen = columns.slice(0, 2);
  const { schema, name: bare } = splitTable(table);
  const name = quoteName(`${bare}_${chosen.join('_')}_idx`.slice(0, 63));
  return {
    ...common,
    title: `Create an index on ${table} (${chosen.join(', ')})`,
    why: 'The statement filters by it and finds its rows without reading the whole table.',
    effect: 'changes',
    command: `CREATE INDEX CONCURRENTLY ${name} ON ${table} (${chosen.map(quoteName).join(', ')});`,
    undo: `DROP INDEX CONCURRENTLY ${schema}${name};`,
  };
}
