import { z } from 'zod';
import type { Gap, Observation, Table } from '../../core/evidence.ts';
import { normaliseSql } from '../../core/sql/normalise.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { rootBlocker } from './blocking.ts';
import type { PostgresClients } from './clients.ts';
import type { Query } from './connection.ts';
import { permissionGap, readServerFacts } from './server-facts.ts';

const Params = z.strictObject({
  waits: z.int().min(1).max(200).default(50).describe('rows of the table of waits'),
});
export type PostgresLocksParams = z.infer<typeof Params>;

const Wait = z.object({
  pid: z.number(),
  blockers: z.array(z.number()),
  wait_ms: z.number().nullable(),
  lock_mode: z.string(),
  relation: z.string().nullable(),
  query: z.string().nullable(),
});
type Wait = z.infer<typeof Wait>;

const Root = z.object({
  pid: z.number(),
  state: z.string().nullable(),
  application: z.string().nullable(),
  query: z.string().nullable(),
  transaction_age_ms: z.number().nullable(),
  strongest_lock: z.string().nullable(),
  hidden: z.boolean(),
});
type Root = z.infer<typeof Root>;

/**
 * Waiting sessions come from pg_locks, which every role may read. A wait for a row is a wait for a transaction id; its
 * table is one that the waiter itself has locked for writing. `waitstart` exists from 14 on; before, the query's start
 * is the best bound. Names are looked up without a lock, so that this never joins the queue it looks at.
 */
function waitsSql(version: number): string {
  const start = version >= 140_000 ? 'coalesce(l.waitstart, a.query_start)' : 'a.query_start';
  return `
  SELECT DISTINCT ON (l.pid) /* perfbot */ l.pid, pg_blocking_pids(l.pid) AS blockers,
    extract(epoch FROM clock_timestamp() - ${start})::float8 * 1000 AS wait_ms,
    l.mode AS lock_mode, left(a.query, 2000) AS query,
    coalesce(l.relation, written.relation)::regclass::text AS relation
  FROM pg_locks l
  LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN LATERAL (
    SELECT h.relation FROM pg_locks h JOIN pg_class c ON c.oid = h.relation AND c.relkind IN ('r', 'p')
    WHERE h.pid = l.pid AND h.granted AND h.locktype = 'relation' AND h.mode IN ('RowShareLock', 'RowExclusiveLock')
      AND h.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY h.relation DESC LIMIT 1
  ) written ON l.relation IS NULL
  WHERE NOT l.granted
  ORDER BY l.pid`;
}

const ROOTS = `
  SELECT /* perfbot */ a.pid, a.state, a.application_name AS application, left(a.query, 2000) AS query,
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8 * 1000 AS transaction_age_ms,
    (SELECT l.mode FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation >= 16384
      ORDER BY l.mode = 'AccessExclusiveLock' DESC, l.mode = 'ExclusiveLock' DESC, l.mode = 'RowExclusiveLock' DESC LIMIT 1) AS strongest_lock,
    coalesce(a.query = '<insufficient privilege>', false) AS hidden
  FROM pg_stat_activity a WHERE a.pid = ANY($1::int[])`;

/** Who waits for a lock, since when, and which session is at the root of it. */
export function postgresLocksProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresLocksParams> {
  return {
    name: 'postgres.locks',
    title: 'PostgreSQL lock waits',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    collect: ({ target, params, signal }) =>
      clients.read(target.id, signal, (query) => readLocks(query, params.waits)),
  };
}

async function readLocks(query: Query, limit: number): Promise<Observation> {
  const facts = await readServerFacts(query);
  const waits = (await query(Wait, waitsSql(facts.version))).filter(({ blockers }) => blockers.length > 0);
  const blockersOf = new Map(waits.map(({ pid, blockers }) => [pid, blockers]));
  const rootOf = new Map(waits.map(({ pid }) => [pid, rootBlocker(pid, blockersOf) ?? 0]));
  const roots = waits.length > 0 ? await query(Root, ROOTS, [[...new Set(rootOf.values())]]) : [];
  const known = waits.flatMap(({ wait_ms }) => (wait_ms === null ? [] : [wait_ms]));
  const gaps: readonly Gap[] = roots.some(({ hidden }) => hidden)
    ? [permissionGap('Query and state of blocking sessions', facts)]
    : [];
  return {
    metrics: [
      { name: 'blocked_sessions', value: waits.length, unit: 'count' },
      ...(known.length === waits.length
        ? [{ name: 'longest_wait_ms', value: Math.max(0, ...known), unit: 'ms' } as const]
        : []),
    ],
    tables: [blockingTable(waits, rootOf, { roots, limit })],
    ...(gaps.length > 0 && { gaps }),
    windowMs: 0,
  };
}

function blockingTable(
  waits: readonly Wait[],
  rootOf: ReadonlyMap<number, number>,
  { roots, limit }: { readonly roots: readonly Root[]; readonly limit: number },
): Table {
  const sorted = [...waits].sort((a, b) => (b.wait_ms ?? 0) - (a.wait_ms ?? 0));
  return {
    name: 'blocking',
    title: 'Lock waits, longest first',
    columns: [
      { name: 'blocked_pid', title: 'Waiting PID' },
      { name: 'blocked_query', title: 'Waiting query', format: 'sql' },
      { name: 'wait_ms', title: 'Waits', unit: 'ms' },
      { name: 'lock_mode', title: 'Lock wanted' },
      { name: 'relation', title: 'Table' },
      { name: 'root_pid', title: 'Root PID' },
      { name: 'root_state', title: 'Root state' },
      { name: 'root_application', title: 'Root application' },
      { name: 'root_query', title: 'Last query of the root', format: 'sql' },
      { name: 'root_transaction_age_ms', title: 'Root transaction', unit: 'ms' },
      { name: 'root_lock_mode', title: 'Strongest lock of the root' },
    ],
    ...topRows(sorted, limit, (wait) => {
      const rootPid = rootOf.get(wait.pid) ?? 0;
      const root = roots.find(({ pid }) => pid === rootPid);
      return [
        wait.pid,
        wait.query === null ? null : normaliseSql(wait.query),
        wait.wait_ms,
        wait.lock_mode,
        wait.relation,
        rootPid,
        rootPid === 0 ? 'prepared transaction' : (root?.state ?? null),
        root?.application ?? null,
        root?.query == null ? null : normaliseSql(root.query),
        root?.transaction_age_ms ?? null,
        root?.strongest_lock ?? null,
      ];
    }),
  };
}
