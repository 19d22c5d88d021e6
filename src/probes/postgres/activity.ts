import { z } from 'zod';
import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { normaliseSql } from '../../core/sql/normalise.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { PostgresClients } from './clients.ts';
import { permissionGap, readServerFacts, type ServerFacts } from './server-facts.ts';

const Params = z.strictObject({
  sessions: z.int().min(1).max(100).default(25).describe('rows of the table of sessions'),
});
export type PostgresActivityParams = z.infer<typeof Params>;

const Session = z.object({
  pid: z.number(),
  application: z.string(),
  user: z.string(),
  state: z.string().nullable(),
  wait: z.string().nullable(),
  age_ms: z.number().nullable(),
  transaction_age_ms: z.number().nullable(),
  xmin_age: z.number().nullable(),
  query: z.string().nullable(),
  hidden: z.boolean(),
});
type Session = z.infer<typeof Session>;

// Without pg_monitor backend_type is hidden too; client sessions then are those with a database and a user.
const SESSIONS = `
  SELECT /* perfbot */ pid, coalesce(application_name, '') AS application, coalesce(usename::text, '') AS "user", state,
    CASE WHEN wait_event IS NOT NULL THEN wait_event_type || ':' || wait_event END AS wait,
    extract(epoch FROM clock_timestamp() - CASE WHEN state = 'active' THEN query_start ELSE state_change END)::float8 * 1000 AS age_ms,
    extract(epoch FROM clock_timestamp() - xact_start)::float8 * 1000 AS transaction_age_ms,
    age(backend_xmin) AS xmin_age,
    left(query, 2000) AS query,
    coalesce(query = '<insufficient privilege>', false) AS hidden
  FROM pg_stat_activity
  WHERE (backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL))
    AND pid <> pg_backend_pid() AND application_name IS DISTINCT FROM 'perfbot'`;

/** Sessions by state, the connection limit, and how long queries and transactions have been open; perfbot left out. */
export function postgresActivityProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresActivityParams> {
  return {
    name: 'postgres.activity',
    title: 'PostgreSQL sessions',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal }) {
      const { facts, sessions } = await clients.read(target.id, signal, async (query) => ({
        facts: await readServerFacts(query),
        sessions: await query(Session, SESSIONS),
      }));
      return toObservation(facts, sessions, params);
    },
  };
}

function toObservation(
  facts: ServerFacts,
  sessions: readonly Session[],
  params: PostgresActivityParams,
): Observation {
  const hidden = sessions.filter((session) => session.hidden).length;
  const open = sessions.filter(({ state }) => state !== null && state !== 'idle');
  return {
    metrics: [
      { name: 'connections', value: sessions.length, unit: 'count' },
      { name: 'connections_limit', value: facts.connections_limit, unit: 'count' },
      { name: 'connections_ratio', value: sessions.length / facts.connections_limit, unit: 'ratio' },
      ...(hidden === 0 ? stateMetrics(sessions) : []),
    ],
    tables: [sessionTable(open, params.sessions), connectionTable(sessions)],
    facts: {
      version: facts.release,
      database: facts.database,
      role: facts.role,
      superuser: facts.superuser ? 'yes' : 'no',
    },
    ...(hidden > 0 && { gaps: [permissionGap(`State of ${hidden} of ${sessions.length} sessions`, facts)] }),
    windowMs: 0,
  };
}

function stateMetrics(sessions: readonly Session[]): readonly Metric[] {
  const active = sessions.filter(({ state }) => state === 'active');
  const idleInTransaction = sessions.filter(({ state }) => state?.startsWith('idle in transaction'));
  const idle = sessions.filter(({ state }) => state === 'idle');
  const longest = (ages: readonly (number | null)[]) => Math.max(0, ...ages.map((age) => age ?? 0));
  return [
    { name: 'connections_active', value: active.length, unit: 'count' },
    { name: 'connections_idle', value: idle.length, unit: 'count' },
    { name: 'connections_idle_in_transaction', value: idleInTransaction.length, unit: 'count' },
    { name: 'longest_query_ms', value: longest(active.map(({ age_ms }) => age_ms)), unit: 'ms' },
    {
      name: 'longest_transaction_ms',
      value: longest(sessions.map(({ transaction_age_ms }) => transaction_age_ms)),
      unit: 'ms',
    },
    {
      name: 'longest_idle_in_transaction_ms',
      value: longest(idleInTransaction.map(({ age_ms }) => age_ms)),
      unit: 'ms',
    },
  ];
}

function sessionTable(sessions: readonly Session[], limit: number): Table {
  const sorted = [...sessions].sort(
    (a, b) => (b.transaction_age_ms ?? b.age_ms ?? 0) - (a.transaction_age_ms ?? a.age_ms ?? 0),
  );
  return {
    name: 'sessions',
    title: 'Sessions at work or in a transaction, oldest first',
    columns: [
      { name: 'pid', title: 'PID' },
      { name: 'application', title: 'Application' },
      { name: 'user', title: 'User' },
      { name: 'state', title: 'State' },
      { name: 'wait', title: 'Waits for' },
      { name: 'age_ms', title: 'In this state', unit: 'ms' },
      { name: 'transaction_age_ms', title: 'Transaction', unit: 'ms' },
      { name: 'xmin_age', title: 'Sees rows as old as, in transactions', unit: 'count' },
      { name: 'query', title: 'Query', format: 'sql' },
    ],
    ...topRows(sorted, limit, (session) => [
      session.pid,
      session.application,
      session.user,
      session.state,
      session.wait,
      session.age_ms,
      session.transaction_age_ms,
      session.xmin_age,
      session.query === null ? null : normaliseSql(session.query),
    ]),
  };
}

function connectionTable(sessions: readonly Session[]): Table {
  const groups = new Map<string, { readonly session: Session; count: number }>();
  for (const session of sessions) {
    const key = JSON.stringify([session.application, session.user, session.state]);
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { session, count: 1 });
  }
  return {
    name: 'connections_by',
    title: 'Connections by application',
    columns: [
      { name: 'application', title: 'Application' },
      { name: 'user', title: 'User' },
      { name: 'state', title: 'State' },
      { name: 'count', title: 'Connections', unit: 'count' },
    ],
    rows: [...groups.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ session, count }) => [session.application, session.user, session.state, count]),
  };
}
