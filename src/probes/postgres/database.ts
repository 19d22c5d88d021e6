import { z } from 'zod';
import type { Observation, Table } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { rowsOutOf } from '../../core/top-rows.ts';
import { formatDuration } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { createLastLooks } from '../last-looks.ts';
import { pause } from '../pause.ts';
import type { PostgresClients } from './clients.ts';
import {
  type DatabaseSample,
  databaseMetrics,
  isContinued,
  readDatabaseCounters,
} from './database-counters.ts';
import { readServerFacts } from './server-facts.ts';
import { readTableCounters, readTableSizes, type TableCounters } from './table-counters.ts';

const Params = z.strictObject({
  // Servers publish their counters about once a second.
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(4000)
    .describe('time between the two samples, for example 4s'),
  tables: z.int().min(1).max(200).default(30).describe('rows of the table of tables'),
});
export type PostgresDatabaseParams = z.infer<typeof Params>;

/** Deadlocks are too rare for a window of seconds: they are counted since the last look, if that is not older. */
const LONGEST_LOOK_BACK_MS = 15 * 60_000;

interface TableChange extends TableCounters {
  readonly seqScansPerSecond: number;
  readonly seqRowsPerSecond: number;
  readonly indexScansPerSecond: number;
}

/** Reads, transactions, temporary files and deadlocks of the database, and what happens to its tables, over a window. */
export function postgresDatabaseProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresDatabaseParams> {
  const lastLooks = createLastLooks<DatabaseSample>(LONGEST_LOOK_BACK_MS);
  return {
    name: 'postgres.database',
    title: 'PostgreSQL database and tables',
    targetKind: 'postgres',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const before = await clients.read(target.id, signal, async (query) => ({
        facts: await readServerFacts(query),
        tables: await readTableCounters(query),
        database: await readDatabaseCounters(query, now()),
      }));
      await pause(params.window, signal);
      const after = await clients.read(target.id, signal, async (query) => ({
        tables: await readTableCounters(query),
        database: await readDatabaseCounters(query, now()),
      }));
      const windowMs = Math.max(1, after.database.at - before.database.at);
      const changes = tableChanges(before.tables, after.tables, windowMs).slice(0, params.tables);
      const oids = changes.map(({ oid }) => oid);
      const sizes = await clients
        .read(target.id, signal, (query) => readTableSizes(query, oids))
        .catch(() => new Map<string, number>());
      const last = lastLooks.recent(target.id, after.database.at);
      const deadlockBase = lookBack(last, before.database, after.database);
      lastLooks.keep(target.id, after.database);
      const continued = isContinued(before.database, after.database);
      return {
        metrics: [
          ...(continued ? databaseMetrics(before.database, after.database) : []),
          ...(deadlockBase
            ? [
                {
                  name: 'deadlocks',
                  value: after.database.deadlocks - deadlockBase.deadlocks,
                  unit: 'count',
                } as const,
              ]
            : []),
          { name: 'database_size_bytes', value: after.database.size_bytes, unit: 'bytes' },
        ],
        tables: [tableOfTables(changes, sizes, after.tables.length)],
        facts: {
          version: before.facts.release,
          database: before.facts.database,
          ...(deadlockBase && { deadlocks_within: formatDuration(after.database.at - deadlockBase.at) }),
        },
        ...(!continued && {
          gaps: [
            {
              what: 'Rates of the database',
              reason: 'Its statistics were reset while perfbot was measuring.',
            },
          ],
        }),
        windowMs,
      } satisfies Observation;
    },
  };
}

function lookBack(
  last: DatabaseSample | undefined,
  before: DatabaseSample,
  after: DatabaseSample,
): DatabaseSample | undefined {
  const base = last && isContinued(last, after) ? last : before;
  return isContinued(base, after) ? base : undefined;
}

/** Rates of each table; those that are read most come first, then those with most dead rows. */
function tableChanges(
  before: readonly TableCounters[],
  after: readonly TableCounters[],
  windowMs: number,
): readonly TableChange[] {
  const earlier = new Map(before.map((table) => [table.oid, table]));
  const perSecond = (difference: number) => (Math.max(0, difference) * 1000) / windowMs;
  return after
    .map((table) => {
      const then = earlier.get(table.oid) ?? table;
      return {
        ...table,
        seqScansPerSecond: perSecond(table.seq_scans - then.seq_scans),
        seqRowsPerSecond: perSecond(table.seq_rows - then.seq_rows),
        indexScansPerSecond: perSecond(table.index_scans - then.index_scans),
      };
    })
    .sort(
      (a, b) =>
        b.seqRowsPerSecond - a.seqRowsPerSecond ||
        b.dead_rows - a.dead_rows ||
        b.rows_estimate - a.rows_estimate,
    );
}

function tableOfTables(
  changes: readonly TableChange[],
  sizes: ReadonlyMap<string, number>,
  total: number,
): Table {
  return {
    name: 'tables',
    title: 'Tables, most rows read by full scans first',
    columns: [
      { name: 'table', title: 'Table' },
      { name: 'seq_scans_per_second', title: 'Full scans', unit: 'per_second' },
      { name: 'seq_rows_per_second', title: 'Rows by full scans', unit: 'per_second' },
      { name: 'index_scans_per_second', title: 'Index scans', unit: 'per_second' },
      { name: 'rows_estimate', title: 'Rows', unit: 'count' },
      { name: 'dead_rows', title: 'Dead rows', unit: 'count' },
      { name: 'dead_ratio', title: 'Dead share', unit: 'ratio' },
      { name: 'size_bytes', title: 'Size with indexes', unit: 'bytes' },
      { name: 'modified_since_analyze_ratio', title: 'Changed since ANALYZE', unit: 'ratio' },
      { name: 'autovacuum', title: 'Autovacuum' },
    ],
    ...rowsOutOf(
      total,
      changes.map((table) => [
        table.table,
        table.seqScansPerSecond,
        table.seqRowsPerSecond,
        table.indexScansPerSecond,
        table.rows_estimate,
        table.dead_rows,
        table.live_rows + table.dead_rows > 0 ? table.dead_rows / (table.live_rows + table.dead_rows) : null,
        sizes.get(table.oid) ?? null,
        table.rows_estimate > 0 ? table.modified / table.rows_estimate : null,
        table.autovacuum ? 'on' : 'off',
      ]),
    ),
  };
}
