import type { Metric, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { StatementCounters } from './statement-counters.ts';
import { isUpkeep } from './statement-kinds.ts';

/** What a statement did in the window. */
export interface Statement extends StatementCounters {
  /** Normalised text, or null where it is hidden or gone. */
  readonly query: string | null;
  /** The text as the server keeps it. */
  readonly text: string | null;
  readonly database: string | null;
}

/** Mean time, calls and slow ones of all statements of the window. */
export function statementMetrics(
  statements: readonly Statement[],
  windowMs: number,
  slowMs: number,
): readonly Metric[] {
  const calls = statements.reduce((sum, statement) => sum + statement.calls, 0);
  const totalMs = statements.reduce((sum, statement) => sum + statement.total_ms, 0);
  const slow = statements.filter((statement) => statement.total_ms / statement.calls >= slowMs);
  return [
    ...(calls > 0 ? [{ name: 'mean_exec_time_ms', value: totalMs / calls, unit: 'ms' } as const] : []),
    { name: 'calls_per_second', value: (calls * 1000) / windowMs, unit: 'per_second' },
    { name: 'slow_statements', value: slow.length, unit: 'count' },
  ];
}

/** What the finished statements of this database read from outside the buffer cache; upkeep does not count. */
export function missMetric(statements: readonly Statement[], windowMs: number): Metric {
  const bytes = statements
    .filter(({ here, text }) => here && !(text !== null && isUpkeep(text)))
    .reduce((sum, { read_bytes }) => sum + Math.max(0, read_bytes), 0);
  return {
    name: 'cache_miss_bytes_per_second',
    value: (bytes * 1000) / windowMs,
    unit: 'bytes_per_second',
  };
}

/** The statements that took the most time. */
export function statementTable(statements: readonly Statement[], limit: number): Table {
  const totalMs = statements.reduce((sum, statement) => sum + statement.total_ms, 0);
  return {
    name: 'statements',
    title: 'Statements by time in the window',
    columns: [
      { name: 'queryid', title: 'Id' },
      { name: 'query', title: 'Statement', format: 'sql' },
      { name: 'calls', title: 'Calls', unit: 'count' },
      { name: 'mean_ms', title: 'Mean', unit: 'ms' },
      { name: 'total_ms', title: 'Total', unit: 'ms' },
      { name: 'share', title: 'Share of time', unit: 'ratio' },
      { name: 'rows_per_call', title: 'Rows per call', unit: 'count' },
      { name: 'cache_hit_ratio', title: 'Cache hits', unit: 'ratio' },
      { name: 'temp_bytes', title: 'Temporary files', unit: 'bytes' },
      { name: 'database', title: 'Database' },
    ],
    ...topRows(statements, limit, (statement) => [
      statement.queryid,
      statement.query,
      statement.calls,
      statement.total_ms / statement.calls,
      statement.total_ms,
      totalMs > 0 ? statement.total_ms / totalMs : null,
      statement.rows / statement.calls,
      statement.hits + statement.reads > 0 ? statement.hits / (statement.hits + statement.reads) : null,
      statement.temp_bytes,
      statement.database,
    ]),
  };
}
