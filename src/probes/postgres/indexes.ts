import { z } from 'zod';
import type { Gap, Metric, Observation } from '../../core/evidence.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { PostgresClients } from './clients.ts';
import type { Query } from './connection.ts';
import {
  type ForeignKey,
  type Index,
  readCounterAge,
  readDefinitions,
  readForeignKeys,
  readIndexes,
} from './index-catalogue.ts';
import { overlaps, unindexedForeignKeys } from './index-overlaps.ts';
import { type Found, indexTables } from './index-tables.ts';
import { readServerFacts } from './server-facts.ts';
import { readTableSizes } from './table-counters.ts';

const Params = z.strictObject({
  unused_scans: z.int().min(0).default(50).describe('an index used at most so often counts as unused'),
  unused_bytes: z.int().min(0).default(10_000_000).describe('smaller indexes are never called unused, bytes'),
  rows: z.int().min(1).max(200).default(30).describe('rows of each table'),
});
export type PostgresIndexesParams = z.infer<typeof Params>;

const MOST_INDEXES = 10_000;

/** Indexes that nobody uses, that repeat others or are not valid, and foreign keys that have none. From the catalogue alone. */
export function postgresIndexesProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresIndexesParams> {
  return {
    name: 'postgres.indexes',
    title: 'PostgreSQL indexes',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal }) {
      const seen = await clients.read(target.id, signal, async (query) => {
        const facts = await readServerFacts(query);
        const indexes = await readIndexes(query, MOST_INDEXES);
        return { facts, indexes, keys: await readForeignKeys(query), age: await readCounterAge(query) };
      });
      // Both need weak locks: where one is in the way, everything else is still told.
      const locked = async <T>(read: (query: Query) => Promise<T>) => {
        const found = await clients.read(target.id, signal, read).catch(() => undefined);
        signal.throwIfAborted();
        return found;
      };
      const oids = seen.indexes.map(({ oid }) => oid);
      const sizes = await locked((query) => readTableSizes(query, oids));
      const found = findIndexes(seen, sizes ?? new Map(), params);
      const shown = [...found.unused, ...found.repeated.map(({ needless }) => needless), ...found.invalid];
      const definitions = await locked((query) =>
        readDefinitions(
          query,
          shown.map(({ oid }) => oid),
        ),
      );
      const gaps = gapsOf(seen.indexes.length, sizes !== undefined && definitions !== undefined);
      return {
        metrics: [
          { name: 'indexes', value: seen.indexes.length, unit: 'count' },
          ...metricsOf(found),
          ...(seen.age ? [{ name: 'stats_age_ms', value: seen.age.age_ms, unit: 'ms' } as const] : []),
        ],
        tables: indexTables({ ...found, definitions: definitions ?? new Map() }, params.rows),
        facts: {
          version: seen.facts.release,
          database: seen.facts.database,
          counted_since: seen.age?.from_reset
            ? 'the last reset of statistics'
            : 'the start of the server, or before',
        },
        ...(gaps.length > 0 && { gaps }),
        windowMs: 0,
      } satisfies Observation;
    },
  };
}

function gapsOf(count: number, isWhole: boolean): readonly Gap[] {
  return [
    ...(count >= MOST_INDEXES
      ? [{ what: 'Smaller indexes', reason: `Only the ${MOST_INDEXES} largest indexes were looked at.` }]
      : []),
    ...(isWhole
      ? []
      : [
          {
            what: 'Sizes and definitions of indexes',
            reason: 'A lock on a table was in the way for longer than 0.5 s.',
            mend: 'Run the postgres.locks probe: it shows who holds the lock.',
          },
        ]),
  ];
}

function findIndexes(
  { indexes, keys }: { readonly indexes: readonly Index[]; readonly keys: readonly ForeignKey[] },
  sizes: ReadonlyMap<string, number>,
  params: PostgresIndexesParams,
): Found {
  const sizeOf = ({ oid }: Index) => sizes.get(oid) ?? 0;
  const bySize = (a: Index, b: Index) => sizeOf(b) - sizeOf(a);
  return {
    sizes,
    unused: indexes
      .filter(({ valid, bound, unique }) => valid && !bound && !unique)
      .filter((index) => index.scans <= params.unused_scans && sizeOf(index) >= params.unused_bytes)
      .sort(bySize),
    repeated: [...overlaps(indexes)].sort((a, b) => bySize(a.needless, b.needless)),
    invalid: indexes.filter(({ valid, building }) => !valid && !building).sort(bySize),
    bare: unindexedForeignKeys(keys, indexes),
  };
}

function metricsOf({ unused, repeated, invalid, bare, sizes }: Found): readonly Metric[] {
  const bytes = (of: readonly Index[]) => of.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0);
  return [
    { name: 'unused_indexes', value: unused.length, unit: 'count' },
    { name: 'unused_index_bytes', value: bytes(unused), unit: 'bytes' },
    { name: 'duplicate_indexes', value: repeated.length, unit: 'count' },
    { name: 'duplicate_index_bytes', value: bytes(repeated.map(({ needless }) => needless)), unit: 'bytes' },
    { name: 'invalid_indexes', value: invalid.length, unit: 'count' },
    { name: 'foreign_keys_without_index', value: bare.length, unit: 'count' },
  ];
}
