import { z } from 'zod';
import type { Gap, Metric, Observation } from '../../core/evidence.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { PostgresClients } from './clients.ts';
import { type ExactBloat, findPgstattuple, readExactBloat } from './exact-bloat.ts';
import { readCounterAge } from './index-catalogue.ts';
import { readServerFacts, type ServerFacts } from './server-facts.ts';
import { readTableCounters, readTableSizes } from './table-counters.ts';
import { type TableUpkeep, upkeepTable } from './table-rows.ts';
import { estimatedBloat, readRunningVacuums, readUpkeep } from './table-upkeep.ts';

const Params = z.strictObject({
  tables: z.int().min(1).max(500).default(50).describe('rows of the table of tables'),
  measure_bytes: z
    .int()
    .min(0)
    .default(1_000_000_000)
    .describe(
      'bloat of the worst table is measured (extension pgstattuple) up to this size, bytes; 0: never',
    ),
});
export type PostgresTablesParams = z.infer<typeof Params>;

/** Upkeep of so many tables is looked at, those with the most rows in all first. */
const MOST_TABLES = 2000;

/** What upkeep the tables need: dead rows and changes against the thresholds of autovacuum, bloat, growth, use of indexes. */
export function postgresTablesProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresTablesParams> {
  return {
    name: 'postgres.tables',
    title: 'PostgreSQL tables and their upkeep',
    targetKind: 'postgres',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const read = <T>(work: Parameters<typeof clients.read<T>>[2]) => clients.read(target.id, signal, work);
      const seen = await read(async (query) => {
        const facts = await readServerFacts(query);
        const counters = [...(await readTableCounters(query))]
          .sort((a, b) => b.rows_estimate + b.dead_rows - a.rows_estimate - a.dead_rows)
          .slice(0, MOST_TABLES);
        const upkeep = await readUpkeep(
          query,
          counters.map(({ oid }) => oid),
        );
        const running = await readRunningVacuums(query);
        return { facts, counters, upkeep, running, age: await readCounterAge(query) };
      });
      const tables = seen.counters.flatMap((counters): readonly TableUpkeep[] => {
        const upkeep = seen.upkeep.get(counters.oid);
        return upkeep ? [{ ...counters, upkeep, estimate: estimatedBloat(upkeep) }] : [];
      });
      const shown = [...tables].sort(mostOverdue).slice(0, params.tables);
      // Sizes need a weak lock on each table: without them everything else is still told.
      const oids = shown.map(({ oid }) => oid);
      const sizes = await read((query) => readTableSizes(query, oids)).catch(() => new Map<string, number>());
      signal.throwIfAborted();
      const exact = await measured(clients, {
        target: target.id,
        signal,
        facts: seen.facts,
        tables,
        limit: params.measure_bytes,
      });
      signal.throwIfAborted();
      const gaps = [...unseenWidths(tables, seen.facts), ...(exact.gap ? [exact.gap] : [])];
      return {
        metrics: metricsOf(tables, seen.running),
        tables: [
          upkeepTable(shown, {
            sizes,
            exact: exact.bloat,
            countedMs: seen.age?.age_ms,
            total: tables.length,
            now: now(),
          }),
        ],
        facts: { version: seen.facts.release, database: seen.facts.database },
        ...(gaps.length > 0 && { gaps }),
        windowMs: 0,
      } satisfies Observation;
    },
  };
}

/** Those that autovacuum should have taken up come first, then the largest. */
function mostOverdue(a: TableUpkeep, b: TableUpkeep): number {
  const overdue = (table: TableUpkeep) =>
    table.dead_rows > table.upkeep.vacuum_threshold ? table.dead_rows : 0;
  return overdue(b) - overdue(a) || b.upkeep.pages - a.upkeep.pages || b.rows_estimate - a.rows_estimate;
}

function metricsOf(tables: readonly TableUpkeep[], running: number): readonly Metric[] {
  const count = (name: string, matching: readonly TableUpkeep[]): Metric => ({
    name,
    value: matching.length,
    unit: 'count',
  });
  const estimates = tables.flatMap(({ estimate }) => (estimate ? [estimate.bytes] : []));
  return [
    count('tables', tables),
    { name: 'dead_rows', value: tables.reduce((sum, { dead_rows }) => sum + dead_rows, 0), unit: 'count' },
    count(
      'tables_due_for_vacuum',
      tables.filter(({ dead_rows, upkeep }) => dead_rows > upkeep.vacuum_threshold),
    ),
    count(
      'tables_due_for_analyze',
      tables.filter(({ modified, upkeep }) => modified > upkeep.analyze_threshold),
    ),
    count(
      'tables_without_autovacuum',
      tables.filter(({ autovacuum }) => !autovacuum),
    ),
    { name: 'vacuums_running', value: running, unit: 'count' },
    ...(estimates.length > 0
      ? [
          {
            name: 'bloat_estimate_bytes',
            value: estimates.reduce((sum, bytes) => sum + bytes, 0),
            unit: 'bytes',
          } as const,
        ]
      : []),
  ];
}

/** An estimate without the widths of columns would be far off: better none. */
function unseenWidths(tables: readonly TableUpkeep[], { role }: ServerFacts): readonly Gap[] {
  const unseen = tables.filter(({ estimate, upkeep }) => !estimate && upkeep.rows >= 0 && upkeep.pages > 0);
  const [largest] = unseen;
  return largest === undefined
    ? []
    : [
        {
          what: `Estimated bloat of ${unseen.length === 1 ? largest.table : `${unseen.length} tables, ${largest.table} among them`}`,
          reason: `The role ${role} may not see the widths of their columns (pg_stats), or nobody has analysed them.`,
          mend: `GRANT SELECT ON ${largest.table} TO ${role}; -- or install pgstattuple, which needs no right to read the rows`,
        },
      ];
}

/** Measures the worst table that is not too large. One table: it may have to read all of its pages. */
async function measured(
  clients: PostgresClients,
  from: {
    readonly target: string;
    readonly signal: AbortSignal;
    readonly facts: ServerFacts;
    readonly tables: readonly TableUpkeep[];
    readonly limit: number;
  },
): Promise<{ readonly bloat?: ExactBloat & { readonly oid: string }; readonly gap?: Gap }> {
  const [worst] = [...from.tables]
    .sort(mostOverdue)
    .filter(({ upkeep }) => upkeep.pages > 0 && upkeep.pages * upkeep.block_bytes <= from.limit);
  if (worst === undefined) return {};
  const read = <T>(work: Parameters<typeof clients.read<T>>[2]) =>
    clients.read(from.target, from.signal, work);
  const found = await read((query) => findPgstattuple(query, from.facts));
  if ('gap' in found) return { gap: found.gap };
  const bloat = await read((query) => readExactBloat(query, found.schema, worst.oid)).catch(() => undefined);
  return bloat
    ? { bloat: { ...bloat, oid: worst.oid } }
    : {
        gap: {
          what: `Measured bloat of ${worst.table}`,
          reason: 'A lock was in the way, or it took longer than 5 s.',
        },
      };
}
