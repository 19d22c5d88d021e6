import type { Cell, Table } from '../../core/evidence.ts';
import { rowsOutOf } from '../../core/top-rows.ts';
import type { ExactBloat } from './exact-bloat.ts';
import type { TableCounters } from './table-counters.ts';
import type { estimatedBloat, Upkeep } from './table-upkeep.ts';

/** A table with all that is known of its upkeep. */
export interface TableUpkeep extends TableCounters {
  readonly upkeep: Upkeep;
  readonly estimate: ReturnType<typeof estimatedBloat>;
}

type Exact = ExactBloat & { readonly oid: string };

const DAY_MS = 86_400_000;

/** Younger counters say nothing about growth. */
const LEAST_COUNTED_MS = 3_600_000;

/** The table of `postgres.tables`. */
export function upkeepTable(
  tables: readonly TableUpkeep[],
  {
    sizes,
    exact,
    countedMs,
    total,
    now,
  }: {
    readonly sizes: ReadonlyMap<string, number>;
    readonly exact: Exact | undefined;
    readonly countedMs: number | undefined;
    readonly total: number;
    readonly now: number;
  },
): Table {
  return {
    name: 'tables',
    title: 'Tables, those that need upkeep first',
    columns: [
      { name: 'table', title: 'Table' },
      { name: 'size_bytes', title: 'Size with indexes', unit: 'bytes' },
      { name: 'rows_estimate', title: 'Rows', unit: 'count' },
      { name: 'dead_rows', title: 'Dead rows', unit: 'count' },
      { name: 'dead_ratio', title: 'Dead share', unit: 'ratio' },
      { name: 'vacuum_threshold', title: 'Vacuumed from', unit: 'count' },
      { name: 'since_vacuum_ms', title: 'Since the last VACUUM', unit: 'ms' },
      { name: 'modified_since_analyze_ratio', title: 'Changed since ANALYZE', unit: 'ratio' },
      { name: 'analyze_threshold', title: 'Analysed from', unit: 'count' },
      { name: 'since_analyze_ms', title: 'Since the last ANALYZE', unit: 'ms' },
      { name: 'autovacuum', title: 'Autovacuum' },
      { name: 'bloat_ratio', title: 'Bloat', unit: 'ratio' },
      { name: 'bloat_bytes', title: 'Bloat in bytes', unit: 'bytes' },
      { name: 'bloat_by', title: 'Bloat is' },
      { name: 'index_use_ratio', title: 'Read by index', unit: 'ratio' },
      { name: 'growth_bytes_per_day', title: 'Growth per day', unit: 'bytes' },
    ],
    ...rowsOutOf(
      total,
      tables.map((table) => [
        table.table,
        sizes.get(table.oid) ?? null,
        table.rows_estimate,
        ...upkeepCells(table, now),
        ...bloatCells(table, exact),
        shareOf(table.index_scans, table.seq_scans),
        growthOf(table, countedMs),
      ]),
    ),
  };
}

function upkeepCells(table: TableUpkeep, now: number): readonly Cell[] {
  const { upkeep } = table;
  const since = (at: number | null) => (at === null ? null : Math.max(0, now - at));
  return [
    table.dead_rows,
    shareOf(table.dead_rows, table.live_rows),
    upkeep.vacuum_threshold,
    since(upkeep.last_vacuum),
    table.rows_estimate > 0 ? table.modified / table.rows_estimate : null,
    upkeep.analyze_threshold,
    since(upkeep.last_analyze),
    table.autovacuum ? 'on' : 'off',
  ];
}

function bloatCells(table: TableUpkeep, exact: Exact | undefined): readonly Cell[] {
  if (exact?.oid === table.oid) return [exact.ratio, exact.bytes, 'measured'];
  const { estimate } = table;
  return estimate ? [estimate.ratio, estimate.bytes, 'estimated'] : [null, null, 'not known'];
}

function shareOf(part: number, rest: number): number | null {
  return part + rest > 0 ? part / (part + rest) : null;
}

/** Bytes a day by the rows that were added since the counters began; null while they are young. */
function growthOf({ upkeep }: TableUpkeep, countedMs: number | undefined): number | null {
  if (countedMs === undefined || countedMs < LEAST_COUNTED_MS || upkeep.rows <= 0) return null;
  const rowBytes = (upkeep.pages * upkeep.block_bytes) / upkeep.rows;
  return ((upkeep.inserted - upkeep.deleted) * rowBytes * DAY_MS) / countedMs;
}
