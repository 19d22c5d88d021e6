import type { CollectedEvidence, Evidence } from '../../core/evidence.ts';
import { HIDDEN, type StatementSnapshot, statementDeltas } from '../../core/monitor/statement-deltas.ts';
import { StatementTotal } from '../../core/sql/statement-total.ts';
import type { Logger } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

const PROBE = 'postgres.statement_totals';
/** Statements that are kept of each database and look. */
const MOST_STATEMENTS = 20;
/** What was done in a longer time cannot be told to a day: perfbot was away, only the counters are taken. */
const LONGEST_SPAN_MS = 24 * 60 * 60_000;

export interface KeepStatementsOptions {
  readonly database: Pick<Database, 'transaction' | 'statements'>;
  readonly log: Logger;
}

export type KeepStatements = (evidence: readonly Evidence[]) => Promise<void>;

/** Keeps what the statements of each server did since the last look at their counters. Two workers may do so at once. */
export function keepStatements({ database, log }: KeepStatementsOptions): KeepStatements {
  return async (evidence) => {
    for (const item of evidence) {
      if (item.probe !== PROBE || item.status === 'unavailable') continue;
      // One server must not cost the others their hour.
      await keepTotals(database, item).catch((error: unknown) =>
        log.error({ err: error, target: item.target }, 'statements of this hour are not kept'),
      );
    }
  };
}

async function keepTotals(
  database: KeepStatementsOptions['database'],
  evidence: CollectedEvidence,
): Promise<void> {
  const { target, service } = evidence;
  const { snapshot, texts } = readTotals(evidence);
  // Outside: two workers may want the same partition, and a refusal ends a transaction.
  await database.statements.makeRoom(snapshot.at - LONGEST_SPAN_MS, snapshot.at);
  await database.transaction(async ({ statements }) => {
    const before = await statements.lockCounters(target);
    if (before !== undefined && before.at >= snapshot.at) return;
    if (before !== undefined && snapshot.at - before.at <= LONGEST_SPAN_MS) {
      const deltas = statementDeltas(before, snapshot, MOST_STATEMENTS);
      await statements.add({ target, service, at: before.at, statements: deltas, texts });
    }
    await statements.saveCounters(target, snapshot);
  });
}

function readTotals(evidence: CollectedEvidence): {
  readonly snapshot: StatementSnapshot;
  readonly texts: ReadonlyMap<string, string>;
} {
  const table = evidence.tables?.find(({ name }) => name === 'statement_totals');
  const rows = (table?.rows ?? []).map((cells) =>
    StatementTotal.parse(Object.fromEntries(cells.map((cell, index) => [table?.columns[index]?.name, cell]))),
  );
  return {
    snapshot: {
      at: evidence.collectedAt,
      statsReset: evidence.facts?.stats_reset ?? null,
      statements: rows.map(({ queryid, database, calls, total_ms, rows: count }) => ({
        database: database ?? '',
        queryid: queryid ?? HIDDEN,
        calls,
        totalMs: total_ms,
        rows: count,
      })),
    },
    texts: new Map(
      rows.flatMap(({ queryid, query }) => (queryid === null || query === null ? [] : [[queryid, query]])),
    ),
  };
}
