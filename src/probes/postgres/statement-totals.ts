import { z } from 'zod';
import type { Cell } from '../../core/evidence.ts';
import { normaliseSql } from '../../core/sql/normalise.ts';
import { StatementTotal } from '../../core/sql/statement-total.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { PostgresClients } from './clients.ts';
import type { Query } from './connection.ts';
import { permissionGap, readServerFacts } from './server-facts.ts';
import { isOverhead } from './statement-kinds.ts';
import { findStatementSource, type StatementSource } from './statement-source.ts';

const Params = z.strictObject({
  statements: z
    .int()
    .min(1)
    .max(10_000)
    .default(10_000)
    .describe('statements with the most time that are read; one that comes in later counts as new'),
});
export type PostgresStatementTotalsParams = z.infer<typeof Params>;

/** Longer texts are cut for people anyway; those of many statements are a lot to send. */
const MOST_TEXT = 2000;

/**
 * What every statement did since its counters began, over all users: two readings give what was done between them,
 * however rare a statement is. perfbot's own statements and transaction control are left out.
 */
export function postgresStatementTotalsProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresStatementTotalsParams> {
  return {
    name: 'postgres.statement_totals',
    title: 'PostgreSQL statements since their counters began',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal }) {
      const { facts, totals, reset } = await clients.read(target.id, signal, async (query) => {
        const serverFacts = await readServerFacts(query);
        const source = await findStatementSource(query, serverFacts);
        return {
          facts: serverFacts,
          totals: await readTotals(query, source, params.statements),
          reset: await readReset(query, source),
        };
      });
      const hidden = totals.some(({ queryid }) => queryid === null);
      return {
        metrics: [{ name: 'statements', value: totals.length, unit: 'count' }],
        tables: [
          {
            name: 'statement_totals',
            title: 'Statements by time since their counters began',
            columns: [
              { name: 'queryid', title: 'Id' },
              { name: 'query', title: 'Statement', format: 'sql' },
              { name: 'database', title: 'Database' },
              { name: 'calls', title: 'Calls', unit: 'count' },
              { name: 'total_ms', title: 'Total', unit: 'ms' },
              { name: 'rows', title: 'Rows', unit: 'count' },
            ],
            rows: totals.filter((total) => !isOverhead(total.query ?? '')).map(toRow),
          },
        ],
        facts: {
          version: facts.release,
          database: facts.database,
          ...(reset !== undefined && { stats_reset: reset }),
        },
        ...(hidden && { gaps: [permissionGap('Statements of other roles', facts)] }),
        windowMs: 0,
      };
    },
  };
}

function readTotals(
  query: Query,
  { schema, columns }: StatementSource,
  most: number,
): Promise<readonly StatementTotal[]> {
  const time = columns.has('total_exec_time') ? 'total_exec_time' : 'total_time';
  return query(
    StatementTotal,
    `SELECT /* perfbot */ s.queryid::text, d.datname::text AS database,
      CASE WHEN s.queryid IS NOT NULL THEN left((array_agg(s.query))[1], ${MOST_TEXT}) END AS query,
      sum(s.calls)::float8 AS calls, sum(s.${time})::float8 AS total_ms, sum(s.rows)::float8 AS rows
    FROM ${schema}.pg_stat_statements s LEFT JOIN pg_database d ON d.oid = s.dbid
    GROUP BY s.queryid, d.datname ORDER BY total_ms DESC LIMIT $1`,
    [most],
  );
}

/** When all counters were reset; undefined before extension 1.9, which came with `toplevel`. */
async function readReset(query: Query, { schema, columns }: StatementSource): Promise<string | undefined> {
  if (!columns.has('toplevel')) return undefined;
  const [extent] = await query(
    z.object({ stats_reset: z.string().nullable() }),
    `SELECT /* perfbot */ stats_reset::text FROM ${schema}.pg_stat_statements_info`,
  );
  return extent?.stats_reset ?? undefined;
}

function toRow({ queryid, query, database, calls, total_ms, rows }: StatementTotal): readonly Cell[] {
  return [queryid, query === null ? null : normaliseSql(query), database, calls, total_ms, rows];
}
