import { Redis } from 'ioredis';
import { type Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toDiagnoses } from '../../../src/app/terminal/examine-targets.ts';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { metricValue } from '../../../src/core/evidence.ts';
import { postgresActivityProbe } from '../../../src/probes/postgres/activity.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresDatabaseProbe } from '../../../src/probes/postgres/database.ts';
import { postgresLocksProbe } from '../../../src/probes/postgres/locks.ts';
import { postgresStatementTotalsProbe } from '../../../src/probes/postgres/statement-totals.ts';
import { postgresStatementsProbe } from '../../../src/probes/postgres/statements.ts';
import { createRedisClients } from '../../../src/probes/redis/clients.ts';
import { redisCommandsProbe } from '../../../src/probes/redis/commands.ts';
import { redisInfoProbe } from '../../../src/probes/redis/server-info.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import { type OwnPostgres, startPostgres } from '../../support/postgres15.ts';
import { startRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, factsFrom, observe } from '../observe.ts';
import { watchReads } from '../watch-reads.ts';
import { type Application, createApplication } from './application.ts';

const PASSWORD = 'sesame-open-91';
const target = (id: string) => ({ id, kind: 'postgres', service: 'shop-db', zone: 'default' }) as const;

let server: OwnPostgres;
let clients: PostgresClients;
let admin: Client;
let app: Application;

beforeAll(async () => {
  server = await startPostgres();
  app = createApplication(server.url());
  admin = await app.connect();
  await admin.query(`CREATE EXTENSION pg_stat_statements;
    CREATE ROLE stranger LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE monitor LOGIN PASSWORD '${PASSWORD}'; GRANT pg_monitor TO monitor`);
  await admin.query('CREATE DATABASE bare');
  await admin.query('CREATE DATABASE upgraded');
  const upgraded = createApplication(server.url({ database: 'upgraded' }));
  await (await upgraded.connect()).query(
    `CREATE SCHEMA "Stats"; CREATE EXTENSION pg_stat_statements SCHEMA "Stats" VERSION '1.4'`,
  );
  await upgraded.stop();
  const login = { user: 'monitor', password: PASSWORD };
  clients = createPostgresClients({
    connections: new Map([
      ['postgres:db', server.url(login)],
      ['postgres:stranger', server.url({ user: 'stranger', password: PASSWORD })],
      ['postgres:bare', server.url({ ...login, database: 'bare' })],
      ['postgres:upgraded', server.url({ ...login, database: 'upgraded' })],
      ['postgres:nowhere', server.url({ ...login, database: 'nowhere' })],
      ['postgres:wrong', server.url({ user: 'monitor', password: `${PASSWORD}-not` })],
      ['postgres:down', `postgres://monitor:${PASSWORD}@127.0.0.1:${await freePort()}/postgres`],
      ['postgres:broken', `postgres://monitor:${PASSWORD}@[bad/host:x`],
    ]),
  });
});
afterAll(async () => {
  await clients?.close();
  await app?.stop();
  await server?.stop();
});

const unreachable = target('postgres:down');
const secrets = [PASSWORD];

describe('postgres.activity', () => {
  probeContract({
    healthy: () => ({ probe: postgresActivityProbe({ clients }), target: target('postgres:db') }),
    unreachable: () => ({ probe: postgresActivityProbe({ clients }), target: unreachable }),
    metrics: [
      'connections',
      'connections_limit',
      'connections_ratio',
      'connections_active',
      'connections_idle',
      'connections_idle_in_transaction',
      'longest_query_ms',
      'longest_transaction_ms',
      'longest_idle_in_transaction_ms',
    ],
    tables: ['sessions', 'connections_by'],
    secrets,
  });

  it('shows an idle transaction with its age and without its values', async () => {
    const session = await app.connect();
    await session.query("BEGIN; SELECT 'card 4111-1111' AS x");
    await new Promise((resolve) => setTimeout(resolve, 250));
    const seen = collected(await observe(postgresActivityProbe({ clients }), target('postgres:db')));
    await session.query('ROLLBACK');
    expect(metricValue(seen, 'connections_idle_in_transaction')).toBe(1);
    expect(metricValue(seen, 'longest_idle_in_transaction_ms')).toBeGreaterThan(200);
    expect(rowsOf(seen, 'sessions')[0]).toMatchObject({
      application: 'shop-api',
      query: 'BEGIN; SELECT ? AS x',
    });
    expect(JSON.stringify(seen)).not.toContain('4111');
  });

  it('leaves out its own sessions, those of other workers too', async () => {
    const other = createPostgresClients({ connections: new Map([['postgres:db', server.url()]]) });
    const { signal } = new AbortController();
    await other.read('postgres:db', signal, (query) => query(z.unknown(), 'SELECT 1'));
    const count = "SELECT count(*)::int AS own FROM pg_stat_activity WHERE application_name = 'perfbot'";
    const { rows } = await admin.query(count);
    expect(rows[0].own).toBeGreaterThan(1);
    const seen = collected(await observe(postgresActivityProbe({ clients }), target('postgres:db')));
    await other.close();
    const applications = rowsOf(seen, 'connections_by').map(({ application }) => application);
    expect(applications.length).toBeGreaterThan(0);
    expect(applications).not.toContain('perfbot');
  });

  it('tells a superuser from a role that may only look', async () => {
    const own = createPostgresClients({ connections: new Map([['postgres:db', server.url()]]) });
    const asSuperuser = collected(
      await observe(postgresActivityProbe({ clients: own }), target('postgres:db')),
    );
    const asMonitor = collected(await observe(postgresActivityProbe({ clients }), target('postgres:db')));
    await own.close();
    expect(asSuperuser.facts).toMatchObject({ superuser: 'yes' });
    expect(asMonitor.facts).toMatchObject({ superuser: 'no', role: 'monitor' });
    const subjects = (evidence: typeof asMonitor) => toDiagnoses(evidence).map(({ state }) => state);
    expect(subjects(asSuperuser)).toEqual(['ok', 'warning']);
    expect(subjects(asMonitor)).toEqual(['ok']);
  });

  it('says what a role without pg_monitor cannot see, instead of zeros', async () => {
    const seen = collected(await observe(postgresActivityProbe({ clients }), target('postgres:stranger')));
    expect(metricValue(seen, 'connections')).toBeGreaterThan(0);
    expect(metricValue(seen, 'connections_active')).toBeUndefined();
    expect(seen.gaps?.[0]?.mend).toBe('GRANT pg_monitor TO stranger;');
  });
});

describe('postgres.locks', () => {
  probeContract({
    healthy: () => ({ probe: postgresLocksProbe({ clients }), target: target('postgres:db') }),
    unreachable: () => ({ probe: postgresLocksProbe({ clients }), target: unreachable }),
    metrics: ['blocked_sessions', 'longest_wait_ms'],
    tables: ['blocking'],
    secrets,
  });
});

describe('postgres.statements', () => {
  probeContract({
    healthy: () => ({ probe: postgresStatementsProbe({ clients }), target: target('postgres:db') }),
    unreachable: () => ({ probe: postgresStatementsProbe({ clients }), target: unreachable }),
    metrics: ['mean_exec_time_ms', 'calls_per_second', 'slow_statements', 'cache_miss_bytes_per_second'],
    tables: ['statements', 'plans'],
    params: { window: 300, plans: 3 },
    secrets,
  });

  async function during(targetId: string, work: () => Promise<unknown>) {
    const watched = watchReads(clients);
    const seen = observe(postgresStatementsProbe(watched), target(targetId), { window: '500ms' });
    await watched.ended(1);
    await work();
    return collected(await seen);
  }

  it('counts only what happened in the window, and neither itself nor transaction control', async () => {
    await admin.query('SELECT pg_sleep(0.01), 42');
    const seen = await during('postgres:db', async () => {
      for (let call = 0; call < 5; call += 1) await admin.query('SELECT pg_sleep(0.01), 42');
    });
    const rows = rowsOf(seen, 'statements');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      query: 'SELECT pg_sleep($1), $2',
      calls: 5,
      share: 1,
      database: 'postgres',
    });
    expect(metricValue(seen, 'mean_exec_time_ms')).toBeGreaterThan(9);
  });

  it('hides the values of utility statements, which the server keeps', async () => {
    const seen = await during('postgres:db', () =>
      admin.query("CREATE ROLE temp_role PASSWORD 'top-secret-7'"),
    );
    expect(JSON.stringify(seen)).toContain('CREATE ROLE temp_role PASSWORD ?');
    expect(JSON.stringify(seen)).not.toContain('top-secret-7');
  });

  it('reports no mean when nothing ran', async () => {
    const seen = await during('postgres:db', async () => undefined);
    expect(metricValue(seen, 'mean_exec_time_ms')).toBeUndefined();
    expect(metricValue(seen, 'calls_per_second')).toBe(0);
    expect(seen.gaps?.[0]?.reason).toMatch(/No statement finished/);
  });

  it('reads the old columns of an extension that was never updated, in a schema of its own', async () => {
    const closed = await observe(postgresStatementsProbe({ clients }), target('postgres:upgraded'));
    expect(closed).toMatchObject({ reason: 'permission', mend: 'GRANT USAGE ON SCHEMA "Stats" TO monitor;' });
    const owner = createApplication(server.url({ database: 'upgraded' }));
    await (await owner.connect()).query('GRANT USAGE ON SCHEMA "Stats" TO monitor');
    await owner.stop();
    const seen = await during('postgres:upgraded', () => admin.query('SELECT pg_sleep(0.02)'));
    expect(rowsOf(seen, 'statements')[0]).toMatchObject({ query: 'SELECT pg_sleep($1)', calls: 1 });
  });

  it('says what a role without pg_monitor cannot see', async () => {
    const seen = await during('postgres:stranger', () => admin.query('SELECT pg_sleep(0.02)'));
    expect(seen.gaps?.[0]?.mend).toBe('GRANT pg_monitor TO stranger;');
    expect(rowsOf(seen, 'statements')[0]?.query).toBeNull();
  });

  it('notices a reset of the counters', async () => {
    const seen = await during('postgres:db', () => admin.query('SELECT pg_stat_statements_reset()'));
    expect(seen.gaps?.map(({ reason }) => reason).join()).toMatch(/reset/);
  });
});

describeWith(['redis'], 'cache.stampede', () => {
  it('is named when forty requests fill the same key each time it expires, with the statement that fills it', async () => {
    const cache = await startRedis();
    const redis = new Redis(cache.url);
    const redisClients = createRedisClients({ connections: new Map([['redis:cache', cache.url]]) });
    const pool = new Pool({ connectionString: server.url(), max: 8 });
    await admin.query(
      "CREATE TABLE pages (id int PRIMARY KEY, title text); INSERT INTO pages VALUES (1, 'home')",
    );
    let open = true;
    const visit = async () => {
      while (open) {
        if ((await redis.get('page:1')) === null) {
          const sql = 'SELECT title FROM pages, pg_sleep(0.01) WHERE id = $1';
          const { rows } = await pool.query(sql, [1]);
          await redis.set('page:1', rows[0].title, 'PX', 1200);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const visits = Promise.all(Array.from({ length: 40 }, visit));
    const at = { kind: 'redis', service: 'shop-cache', zone: 'default', id: 'redis:cache' } as const;
    const evidence = await Promise.all([
      observe(redisCommandsProbe({ clients: redisClients }), at, { window: 4500 }),
      observe(redisInfoProbe({ clients: redisClients }), at, { window: 4500 }),
      observe(postgresStatementsProbe({ clients }), target('postgres:db'), { window: 4500 }),
    ]);
    open = false;
    await visits;
    await pool.end();
    redis.disconnect();
    await redisClients.close();
    await cache.stop();
    const [cause] = diagnose(RULES, factsFrom(evidence)).causes;
    expect(cause?.id).toBe('cache.stampede');
    expect(cause?.confidence).toBeGreaterThan(0.85);
    expect(cause?.summary).toContain('SELECT title FROM pages');
  });
});

describe('postgres.statement_totals', () => {
  probeContract({
    healthy: () => ({ probe: postgresStatementTotalsProbe({ clients }), target: target('postgres:db') }),
    unreachable: () => ({ probe: postgresStatementTotalsProbe({ clients }), target: unreachable }),
    metrics: ['statements'],
    tables: ['statement_totals'],
    secrets,
  });
  const look = async (id: string, params = {}) =>
    collected(await observe(postgresStatementTotalsProbe({ clients }), target(id), params));

  it('tells what each statement did since its counters began, without values, itself and transaction control', async () => {
    await admin.query("BEGIN; SELECT pg_sleep(0.02), 'card 4111-1111' AS x; COMMIT");
    const rows = rowsOf(await look('postgres:db'), 'statement_totals');
    expect(rows).toContainEqual(
      expect.objectContaining({
        query: 'SELECT pg_sleep($1), $2 AS x',
        calls: 1,
        rows: 1,
        database: 'postgres',
      }),
    );
    expect(rows.map(({ query }) => query).join()).not.toMatch(/4111|perfbot|COMMIT/);
    // The extension of PostgreSQL 13 does not know when it was reset.
    const { rows: info } = await admin.query("SELECT to_regclass('pg_stat_statements_info') AS view");
    const reset = info[0].view === null ? undefined : expect.stringMatching(/^20/);
    expect((await look('postgres:db')).facts?.stats_reset).toEqual(reset);
    expect(rowsOf(await look('postgres:db', { statements: 1 }), 'statement_totals').length).toBeLessThan(2);
  });

  it('reads the columns of an old extension, and counts what a role may not see in one row', async () => {
    expect(rowsOf(await look('postgres:upgraded'), 'statement_totals').length).toBeGreaterThan(0);
    const hidden = await look('postgres:stranger');
    const nameless = rowsOf(hidden, 'statement_totals').filter(({ queryid }) => queryid === null);
    expect(new Set(nameless.map(({ database }) => database)).size).toBe(nameless.length);
    expect(nameless.every(({ query }) => query === null)).toBe(true);
    expect(hidden.gaps?.[0]?.mend).toBe('GRANT pg_monitor TO stranger;');
  });
});

describe('postgres.database', () => {
  probeContract({
    healthy: () => ({ probe: postgresDatabaseProbe({ clients }), target: target('postgres:db') }),
    unreachable: () => ({ probe: postgresDatabaseProbe({ clients }), target: unreachable }),
    metrics: [
      'cache_hit_ratio',
      'cache_miss_bytes_per_second',
      'commits_per_second',
      'rollbacks_per_second',
      'deadlocks',
      'temp_bytes_per_second',
      'rows_read_per_second',
      'database_size_bytes',
    ],
    tables: ['tables'],
    params: { window: 300 },
    secrets,
  });
});

describe('when it cannot look', () => {
  it.each([
    ['postgres:bare', 'not_configured', /CREATE EXTENSION pg_stat_statements/],
    ['postgres:nowhere', 'not_found', /database name/],
    ['postgres:wrong', 'unauthorized', /password/],
    ['postgres:down', 'unreachable', /host and port/],
    ['postgres:broken', 'not_configured', /postgres:\/\/user:password@host/],
    ['postgres:unknown', 'not_configured', /services.yaml/],
  ])('%s is %s and says how to mend it', async (id, reason, mend) => {
    const seen = await observe(postgresStatementsProbe({ clients }), target(id), { window: 200 });
    expect(seen).toMatchObject({ status: 'unavailable', reason });
    expect(seen.status === 'unavailable' && seen.mend).toMatch(mend);
    expect(JSON.stringify(seen)).not.toContain(PASSWORD);
  });

  it('connects again after its session was ended', async () => {
    const probe = postgresActivityProbe({ clients });
    collected(await observe(probe, target('postgres:db')));
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'perfbot'",
    );
    collected(await observe(probe, target('postgres:db')));
  });

  it('cannot be made to write: read-only, one statement at a time, and short', async () => {
    const read = (text: string) =>
      clients.read('postgres:db', new AbortController().signal, (query) => query(z.unknown(), text));
    await expect(read('CREATE TEMP TABLE x (id int)')).rejects.toMatchObject({ name: 'ProbeError' });
    await expect(read('COMMIT; CREATE TABLE x (id int)')).rejects.toMatchObject({
      message: expect.stringContaining('42601'),
    });
    const [settings] = await clients.read('postgres:db', new AbortController().signal, (query) =>
      query(
        z.object({ read_only: z.string(), statement: z.string(), lock: z.string() }),
        `SELECT current_setting('transaction_read_only') AS read_only, current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
      ),
    );
    expect(settings).toEqual({ read_only: 'on', statement: '5s', lock: '500ms' });
  });
});
