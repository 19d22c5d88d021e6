import { splitTable } from '../../sql/statement-shape.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { createIndex, INDEX_RISK, INDEX_SOURCE } from '../create-index.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor } from '../facts.ts';
import { sqlText } from '../quote.ts';
import type { DiagnosisRule } from '../rule.ts';
import { planOf, readingStep } from '../statement-plans.ts';
import {
  heaviestOn,
  quoteStatement,
  type ScanSuspect,
  scanSuspects,
  statementsOf,
} from '../statement-suspects.ts';
import { tracedStatement } from '../trace-evidence.ts';
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
  const { table, rows, rowsPerSecond, scansPerSecond, statement, scan, columns, share } = suspect;
  const meanMs = numberIn(statement, 'mean_ms');
  const spills =
    (numberIn(statement, 'temp_bytes') ?? 0) / Math.max(1, numberIn(statement, 'calls') ?? 1) > 1e6;
  return causeVerdict({
    id: ID,
    title: 'An index is missing',
    service,
    summary: `${table} (${formatValue(rows, 'count')} rows) is read in full ${formatValue(scansPerSecond, 'per_second')} ${columns.length > 0 ? `without an index on ${columns.join(', ')}` : 'for lack of a fitting index'}${statement ? `: one statement takes ${formatValue(share, 'ratio')} of the database's time${meanMs === undefined ? '' : `, ${formatValue(meanMs, 'ms')} each`}` : ''}.`,
    confidence: confidenceOf({ share, meanMs, spills, ...planSays(facts, service, suspect) }),
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
      scan && planLine(scan),
      metricLine(
        collectedFor(facts, 'postgres.statements', service),
        'mean_exec_time_ms',
        'mean time of all statements',
        {
          threshold: 100,
        },
      ),
      tracedStatement(facts, service, textIn(statement, 'query')),
    ),
    against: [...indexedLines(facts, service, suspect), ...lockLines(facts, service)],
    advice: [indexAdvice(suspect)],
  });
}

/** What the plan of the suspect statement says: it reads the table in full, finds its rows another way, or was not asked. */
function planSays(facts: Facts, service: string, { table, statement, scan }: ScanSuspect) {
  const step = readingStep(planOf(facts, service, statement), table);
  return {
    hasStatement: statement !== undefined,
    proves: scan !== undefined,
    denies: scan === undefined && step !== undefined,
  };
}

function confidenceOf(found: {
  share: number;
  meanMs: number | undefined;
  spills: boolean;
  hasStatement: boolean;
  proves: boolean;
  denies: boolean;
}): number {
  if (!found.hasStatement || found.spills) return 0.6;
  if (found.denies) return 0.45;
  const heavy = found.share >= 0.5 && (found.meanMs ?? 0) >= 20;
  if (found.proves) return heavy ? 0.96 : found.share >= 0.3 ? 0.88 : 0.65;
  if (heavy) return 0.92;
  return found.share >= 0.3 ? 0.8 : 0.55;
}

function line(
  metric: string,
  value: number,
  rest: { unit: 'per_second' | 'count'; text: string; threshold: number },
): EvidenceLine {
  return { probe: PROBE, metric, value, ...rest };
}

function planLine(scan: Row): EvidenceLine {
  return {
    probe: 'postgres.statements',
    metric: 'plan',
    value: textIn(scan, 'step'),
    text: `its plan: ${textIn(scan, 'step')} on ${textIn(scan, 'table')}, of which ${formatValue(numberIn(scan, 'rows') ?? 0, 'count')} rows fit ${textIn(scan, 'filter')}`,
  };
}

function indexedLines(facts: Facts, service: string, suspect: ScanSuspect): readonly EvidenceLine[] {
  const { table, statement, scan } = suspect;
  const step = readingStep(planOf(facts, service, statement), table);
  if (scan !== undefined || step === undefined) return [];
  return [
    {
      probe: 'postgres.statements',
      metric: 'plan',
      value: textIn(step, 'step'),
      text: `its plan for any value reads ${table} by ${textIn(step, 'step')}, not in full`,
    },
  ];
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

function indexAdvice({ table, columns, scan }: ScanSuspect): CauseAdvice {
  const common = {
    risk: INDEX_RISK,
    source: INDEX_SOURCE,
  };
  if (columns.length > 0) {
    return createIndex({
      table,
      keys: columns,
      why: scan
        ? 'Its plan reads the whole table and filters by it afterwards; with the index it finds these rows alone.'
        : 'The statement filters by it and finds its rows without reading the whole table.',
    });
  }
  return {
    ...common,
    title: `Find the filter on ${table} and give it an index`,
    why: scan
      ? `Its plan filters by ${textIn(scan, 'filter')}: an ordinary index does not serve that; an index on the expression, or a trigram index for LIKE, may.`
      : 'The text of the statement is not visible here; its plan shows the filter of the full scan.',
    effect: 'reads',
    command: `SELECT query FROM pg_stat_statements WHERE strpos(query, ${sqlText(splitTable(table).name)}) > 0 ORDER BY total_exec_time DESC LIMIT 5; -- then EXPLAIN it`,
  };
}
