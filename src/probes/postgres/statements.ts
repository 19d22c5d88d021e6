import { z } from 'zod';
import type { Gap, Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { normaliseSql } from '../../core/sql/normalise.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import type { PostgresClients } from './clients.ts';
import type { Query } from './connection.ts';
import { permissionGap, readServerFacts } from './server-facts.ts';
import {
  readStatementCounters,
  type StatementCounters,
  type StatementSample,
  statementDifferences,
  wasReset,
} from './statement-counters.ts';
import { isOverhead } from './statement-kinds.ts';
import { type PlannedStatement, statementPlans } from './statement-plans.ts';
import { findStatementSource, type StatementSource } from './statement-source.ts';
import { missMetric, type Statement, statementMetrics, statementTable } from './statement-table.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(4000)
    .describe('time between the two samples, for example 4s'),
  slow: Milliseconds.pipe(z.number().positive())
    .default(100)
    .describe('mean time from which a statement counts as slow, for example 100ms'),
  statements: z.int().min(1).max(100).default(20).describe('rows of the table of statements'),
  plans: z
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'of so many of the heaviest SELECTs the plan is asked for; the role needs SELECT on their tables',
    ),
});
export type PostgresStatementsParams = z.infer<typeof Params>;

const Text = z.object({ queryid: z.string(), query: z.string(), database: z.string().nullable() });

/** Texts are looked up for so many statements of the window; what lies below has next to no time. */
const MAX_TEXTS = 500;

/** A statement is kept in full for the file of the report; what is longer was made by a program. */
const LONGEST_TEXT = 10_000;

/** Mean time and call rate of all statements, and the statements that took the most time, over a window. */
export function postgresStatementsProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresStatementsParams> {
  return {
    name: 'postgres.statements',
    title: 'PostgreSQL statements',
    targetKind: 'postgres',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const first = await clients.read(target.id, signal, async (query) => {
        const facts = await readServerFacts(query);
        const source = await findStatementSource(query, facts);
        return { facts, source, sample: await readStatementCounters(query, source, now()) };
      });
      await pause(params.window, signal);
      const second = await clients.read(target.id, signal, async (query) => {
        const sample = await readStatementCounters(query, first.source, now());
        const differences = statementDifferences(first.sample, sample);
        // perfbot's own statements are among them: none at all means that nothing is counted.
        const isCounting = differences.length > 0;
        return { sample, isCounting, statements: await withTexts(query, first.source, differences) };
      });
      const windowMs = Math.max(1, second.sample.at - first.sample.at);
      const hidden = second.sample.statements.some(({ queryid }) => queryid === null);
      const access = { clients, targetId: target.id, signal, facts: first.facts };
      const candidates = inDatabase(second.statements, first.facts.database);
      const plans = await statementPlans(access, candidates, params.plans);
      const losses = lossGaps(first.sample, second.sample);
      const gaps = [
        ...(hidden ? [permissionGap('Statements of other roles', first.facts)] : []),
        ...losses,
        ...(second.statements.length === 0 ? [idleGap(windowMs)] : []),
        ...plans.gaps,
      ];
      return {
        metrics: [
          ...statementMetrics(second.statements, windowMs, params.slow),
          ...(second.isCounting && losses.length === 0 ? [missMetric(second.statements, windowMs)] : []),
        ],
        tables: [statementTable(second.statements, params.statements), ...(plans.table ? [plans.table] : [])],
        facts: { version: first.facts.release, database: first.facts.database },
        ...(gaps.length > 0 && { gaps }),
        windowMs,
      } satisfies Observation;
    },
  };
}

/** Adds the texts, and leaves out perfbot's own statements and transaction control. */
async function withTexts(
  query: Query,
  { schema }: StatementSource,
  differences: readonly StatementCounters[],
): Promise<readonly Statement[]> {
  const ids = [...new Set(differences.flatMap(({ queryid }) => queryid ?? []))].slice(0, MAX_TEXTS);
  const rows =
    ids.length === 0
      ? []
      : await query(
          Text,
          `SELECT /* perfbot */ s.queryid::text, s.query, d.datname::text AS database
          FROM ${schema}.pg_stat_statements s LEFT JOIN pg_database d ON d.oid = s.dbid
          WHERE s.queryid = ANY($1::bigint[]) AND s.query IS NOT NULL`,
          [ids],
        );
  const texts = new Map(rows.map((row) => [row.queryid, row]));
  return differences.flatMap((difference) => {
    const text = difference.queryid === null ? undefined : texts.get(difference.queryid);
    if (text && isOverhead(text.query)) return [];
    return [
      {
        ...difference,
        query: text ? normaliseSql(text.query, LONGEST_TEXT) : null,
        text: text?.query ?? null,
        database: text?.database ?? null,
      },
    ];
  });
}

/** A plan of a statement of another database would need a connection to that one. */
function inDatabase(statements: readonly Statement[], database: string): readonly PlannedStatement[] {
  return statements.flatMap(({ queryid, userid, text, database: own }) =>
    queryid === null || text === null || own !== database ? [] : [{ queryid, userid, text }],
  );
}

function lossGaps(before: StatementSample, after: StatementSample): readonly Gap[] {
  if (wasReset(before, after)) {
    return [
      { what: 'Part of the window', reason: 'pg_stat_statements was reset while perfbot was measuring.' },
    ];
  }
  if (before.dealloc !== after.dealloc) {
    return [
      {
        what: 'Rare statements',
        reason: 'pg_stat_statements ran out of room in the window and dropped entries.',
        mend: 'ALTER SYSTEM SET pg_stat_statements.max = 20000; then restart PostgreSQL.',
      },
    ];
  }
  return [];
}

function idleGap(windowMs: number): Gap {
  return {
    what: 'Mean statement time',
    reason: `No statement finished within the window of ${Math.round(windowMs / 1000)} s; statements that still run are in postgres.activity.`,
  };
}
