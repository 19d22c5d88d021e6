import type { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Diagnosis, diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type Evidence, metricValue } from '../../../src/core/evidence.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresProbes } from '../../../src/probes/postgres/registry.ts';
import { postgresStatementsProbe } from '../../../src/probes/postgres/statements.ts';
import type { OwnPostgres } from '../../support/postgres15.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { type Application, createApplication, passes } from './application.ts';
import { openShop, type Shop } from './shop.ts';

const TARGET = { id: 'postgres:shop-db', kind: 'postgres', service: 'shop-db', zone: 'default' } as const;
const SECRET = 'alice@example.org';
/** From here on the shop of these scenes is slow. */
const SLOW_MS = 20;

/** Reads rows all over a table that is twice as large as the buffer cache of the server. */
const COLD_READS =
  'SELECT count(note) FROM archive WHERE id = ANY (ARRAY(SELECT (random() * 60000)::int FROM generate_series(1, 300)))';

/** Produces the faults of the catalogue on a real server and expects that the diagnosis names them first. */
export function faultScenes(start: () => Promise<OwnPostgres>): void {
  let server: OwnPostgres;
  let clients: PostgresClients;
  let probes: ReturnType<typeof postgresProbes>;
  let admin: Client;
  let app: Application;
  let keeper: Application;

  beforeAll(async () => {
    server = await start();
    clients = createPostgresClients({ connections: new Map([[TARGET.id, server.url()]]) });
    probes = postgresProbes({ clients });
    keeper = createApplication(server.url(), 'keeper');
    admin = await keeper.connect();
    await admin.query('CREATE EXTENSION pg_stat_statements');
    await admin.query("CREATE ROLE newcomer LOGIN PASSWORD 'newcomer-pw'");
    app = createApplication(server.url());
  });
  afterEach(async () => {
    await app.stop();
    app = createApplication(server.url());
  });
  afterAll(async () => {
    await clients?.close();
    await keeper?.stop();
    await server?.stop();
  });

  async function look(): Promise<readonly Evidence[]> {
    return Promise.all(
      probes.map((probe) =>
        observe(probe, TARGET, {
          ...(/statements|database/.test(probe.name) && { window: 1500 }),
          ...(probe.name === 'postgres.statements' && { plans: 3 }),
        }),
      ),
    );
  }

  function conclude(evidence: readonly Evidence[]): Diagnosis {
    const api = { ...serviceNamed('shop-api', 'node', ['shop-db']), kpis: { response_time_p95: SLOW_MS } };
    const services = [api, serviceNamed('shop-db', 'postgres')];
    const diagnosis = diagnose(RULES, factsFrom(evidence, services, api));
    expect(JSON.stringify([evidence, diagnosis])).not.toContain(SECRET);
    return diagnosis;
  }

  const of = (evidence: readonly Evidence[], probe: string) =>
    collected(evidence.find((found) => found.probe === probe));

  it('names nothing on a quiet server', async () => {
    const { causes, ruledOut } = conclude(await look());
    expect(causes).toEqual([]);
    expect(ruledOut.map(({ id }) => id)).toContain('db.lock_contention');
  });

  it('db.lock_contention: a row lock held by an idle transaction', async () => {
    await admin.query(
      'CREATE TABLE accounts (id int PRIMARY KEY, owner text); INSERT INTO accounts SELECT g, $$x$$ FROM generate_series(1, 10) g',
    );
    const holder = await app.connect();
    await holder.query(`BEGIN; UPDATE accounts SET owner = '${SECRET}' WHERE id = 1`);
    const waiting = await Promise.all([1, 2, 3].map(() => app.connect()));
    const updates = waiting.map((client) =>
      client.query(`UPDATE accounts SET owner = '${SECRET}' WHERE id = 1`),
    );
    await passes(1200);
    const evidence = await look();
    await holder.query('ROLLBACK');
    await Promise.all(updates);
    const locks = of(evidence, 'postgres.locks');
    expect(metricValue(locks, 'blocked_sessions')).toBe(3);
    expect(metricValue(locks, 'longest_wait_ms')).toBeGreaterThan(1000);
    const rows = rowsOf(locks, 'blocking');
    expect(new Set(rows.map((row) => row.root_state))).toEqual(new Set(['idle in transaction']));
    expect(rows[0]).toMatchObject({
      relation: 'public.accounts',
      root_application: 'shop-api',
      blocked_query: 'UPDATE accounts SET owner = ? WHERE id = ?',
    });
    const { causes } = conclude(evidence);
    expect(causes[0]?.id).toBe('db.lock_contention');
    expect(causes[0]?.advice[0]?.command).toMatch(
      /pg_terminate_backend\(pid\) FROM pg_stat_activity WHERE pid = \d+ AND xact_start/,
    );
  });

  it('db.ddl_lock_queue: reads wait behind an ALTER that waits for an idle transaction', async () => {
    await admin.query('CREATE TABLE carts (id int)');
    const holder = await app.connect();
    await holder.query('BEGIN; SELECT * FROM carts');
    const ddl = await app.connect();
    const alter = ddl.query('ALTER TABLE carts ADD COLUMN note text');
    await passes(100);
    const readers = await Promise.all([1, 2, 3].map(() => app.connect()));
    const reads = readers.map((client) => client.query('SELECT * FROM carts'));
    await passes(1100);
    const evidence = await look();
    await holder.query('ROLLBACK');
    await Promise.all([alter, ...reads]);
    const locks = of(evidence, 'postgres.locks');
    expect(metricValue(locks, 'blocked_sessions')).toBe(4);
    expect(new Set(rowsOf(locks, 'blocking').map((row) => row.root_pid)).size).toBe(1);
    const { causes } = conclude(evidence);
    expect(causes[0]?.id).toBe('db.ddl_lock_queue');
    expect(causes.map(({ id }) => id)).not.toContain('db.lock_contention');
    expect(of(evidence, 'postgres.database').tables?.[0]?.rows.length).toBeGreaterThan(0);
  });

  it('db.missing_index: a filter that reads 300,000 rows each time, and the column it needs', async () => {
    await admin.query('CREATE TABLE orders (id int PRIMARY KEY, customer_id int, note text)');
    await admin.query("INSERT INTO orders SELECT g, g / 3, 'n' || g FROM generate_series(1, 300000) g");
    await admin.query('ANALYZE orders');
    await app.repeat(`SELECT id FROM orders WHERE customer_id = 77 AND note <> '${SECRET}'`);
    await passes(300);
    const evidence = await look();
    const [statement] = rowsOf(of(evidence, 'postgres.statements'), 'statements');
    const { causes } = conclude(evidence);
    // How long the scan takes is up to the machine.
    const confidence = Number(statement?.mean_ms) >= 20 ? 0.96 : 0.88;
    expect(causes[0]).toMatchObject({ id: 'db.missing_index', confidence });
    expect(causes[0]?.evidence.find(({ metric }) => metric === 'plan')?.text).toMatch(
      /^its plan: Seq Scan on public\.orders, of which .* rows fit \(+orders\.note <> \$2\) AND \(orders\.customer_id = \$1\)\)$/,
    );
    expect(causes[0]?.advice[0]?.command).toBe(
      'CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);',
    );
    await app.stop();
    await admin.query(causes[0]?.advice[0]?.command ?? '');
    app = createApplication(server.url());
    await app.repeat('SELECT id FROM orders WHERE customer_id = 77');
    await passes(300);
    expect(conclude(await look()).causes.map(({ id }) => id)).not.toContain('db.missing_index');
  });

  it('db.work_mem_spill: a sort that does not fit into work_mem', async () => {
    await admin.query(
      'CREATE TABLE events AS SELECT g AS id, md5(g::text) AS hash FROM generate_series(1, 200000) g; ANALYZE events',
    );
    await app.repeat('SELECT hash FROM events ORDER BY hash OFFSET 199999', "SET work_mem = '256kB'");
    await passes(1500);
    const evidence = await look();
    expect(metricValue(of(evidence, 'postgres.database'), 'temp_bytes_per_second')).toBeGreaterThan(1e6);
    const [cause] = conclude(evidence).causes;
    expect(cause?.id).toBe('db.work_mem_spill');
    expect(cause?.evidence.at(-1)?.text).toMatch(/^its plan: Sort of about .* rows .* by events\.hash$/);
    expect(cause?.advice[1]?.command).toBe(
      'CREATE INDEX CONCURRENTLY events_hash_idx ON public.events (hash);',
    );
  });

  it('db.slow_query: one statement takes long, and has most of the time', async () => {
    await app.repeat('SELECT count(*) FROM pg_sleep(0.15)');
    await passes(300);
    const [cause] = conclude(await look()).causes;
    expect(cause?.id).toBe('db.slow_query');
    expect(cause?.summary).toContain('SELECT count(*) FROM pg_sleep($1)');
  });

  it('db.stale_statistics: the plan expects one row, and thousands come back', async () => {
    await admin.query('CREATE TABLE parcels (id int, kind int) WITH (autovacuum_enabled = off)');
    await admin.query('INSERT INTO parcels SELECT g, g FROM generate_series(1, 20000) g');
    await admin.query('CREATE INDEX ON parcels (kind)');
    await admin.query('ANALYZE parcels');
    await admin.query('INSERT INTO parcels SELECT g, 7 FROM generate_series(1, 30000) g');
    await app.repeat('SELECT id FROM parcels WHERE kind = 7');
    const changed = () => admin.query("SELECT pg_stat_get_mod_since_analyze('parcels'::regclass)::int AS n");
    await expect
      .poll(async () => (await changed()).rows[0].n, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(30_000);
    const [cause] = conclude(await look()).causes;
    expect(cause?.id).toBe('db.stale_statistics');
    expect(cause?.evidence.at(-1)?.text).toMatch(
      /^rows that the plan of “SELECT id FROM parcels .*” expects; 30,001 come back$/,
    );
    expect(Number(cause?.evidence.at(-1)?.value)).toBeLessThan(10);
    await app.stop();
    await admin.query('DROP TABLE parcels');
  });

  describe('plans', () => {
    const MONITOR = { ...TARGET, id: 'postgres:monitor' } as const;
    const login = { password: 'plans-pw-7' };
    let own: PostgresClients;

    beforeAll(async () => {
      for (const role of ['monitor', 'shopper', 'mallory'])
        await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${login.password}'`);
      await admin.query('GRANT pg_monitor TO monitor');
      const url = server.url({ user: 'monitor', ...login });
      own = createPostgresClients({ connections: new Map([[MONITOR.id, url]]) });
    });
    afterAll(() => own?.close());

    async function whileRepeating(user: string, sql: string) {
      const other = createApplication(server.url({ user, ...login }), user);
      await other.repeat(sql);
      const probe = postgresStatementsProbe({ clients: own });
      const seen = collected(await observe(probe, MONITOR, { window: 400, plans: 2 }));
      await other.stop();
      return seen;
    }

    it('finds tables as the role that asked does, and says exactly what has to be granted', async () => {
      await admin.query(`CREATE SCHEMA "Shop"; CREATE TABLE "Shop".things (id int, "order" int);
        GRANT USAGE ON SCHEMA "Shop" TO shopper; GRANT SELECT ON "Shop".things TO shopper;
        ALTER ROLE shopper SET search_path = "Shop", public`);
      const sql = 'SELECT id FROM things WHERE "order" = 3 AND id > 4';
      const refused = await whileRepeating('shopper', sql);
      expect(rowsOf(refused, 'plans')).toEqual([]);
      const grant = 'GRANT USAGE ON SCHEMA "Shop" TO monitor; GRANT SELECT ON "Shop".things TO monitor;';
      expect(refused.gaps?.map(({ mend }) => mend)).toContain(grant);
      await admin.query(grant);
      const seen = await whileRepeating('shopper', sql);
      expect(rowsOf(seen, 'plans')).toMatchObject([
        { step: 'Seq Scan', table: '"Shop".things', filter: '((things.id > $2) AND (things."order" = $1))' },
      ]);
      expect(seen.gaps ?? []).toEqual([]);
    });

    it('runs no code of others: a function that says it is immutable would run when it is planned', async () => {
      await admin.query(
        `CREATE SCHEMA traps AUTHORIZATION mallory; ALTER ROLE mallory SET search_path = traps`,
      );
      const mallory = createApplication(server.url({ user: 'mallory', ...login }), 'mallory');
      await (await mallory.connect()).query(`
        CREATE FUNCTION trap() RETURNS int IMMUTABLE LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_advisory_lock_shared(4242); RETURN 1; END';
        CREATE TABLE bait (id int); CREATE INDEX ON bait ((id + trap()));
        CREATE VIEW lure AS SELECT id FROM bait WHERE id = trap();
        CREATE DOMAIN odd AS int CHECK (VALUE > trap());
        CREATE TABLE own (id int); ALTER TABLE own ENABLE ROW LEVEL SECURITY;
        GRANT USAGE ON SCHEMA traps TO monitor; GRANT SELECT ON bait, lure, own TO monitor;
        GRANT EXECUTE ON FUNCTION trap() TO public`);
      await mallory.stop();
      const heldBy = async () => {
        const { rows } = await admin.query(
          `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'`,
        );
        return rows.map(({ name }) => name).filter((name: string) => name !== 'mallory');
      };
      await admin.query('EXPLAIN SELECT traps.trap()');
      expect(await heldBy(), 'EXPLAIN alone runs it').toEqual(['keeper']);
      await admin.query('SELECT pg_advisory_unlock_all()');
      for (const [sql, reason] of [
        ['SELECT trap()', /the function trap:/],
        ['SELECT id FROM lure', /the view traps\.lure/],
        ['SELECT id FROM bait WHERE id = 5', /the function trap in an index or a rule of traps\.bait/],
        ['SELECT 5::odd', /the function trap in the domain traps\.odd/],
        ['SELECT id FROM own', /row security of traps\.own/],
      ] as const) {
        const seen = await whileRepeating('mallory', sql);
        expect(seen.gaps?.map((gap) => gap.reason).join(), sql).toMatch(reason);
        expect(await heldBy(), sql).toEqual([]);
      }
    });

    it('leaves no prepared statement behind, and plans nothing that writes', async () => {
      await admin.query(
        'CREATE TABLE notes (id int, n int); GRANT ALL ON notes TO shopper; GRANT SELECT ON notes TO monitor',
      );
      const seen = await whileRepeating('shopper', 'UPDATE public.notes SET n = 1 WHERE id = 2');
      expect(rowsOf(seen, 'plans')).toEqual([]);
      const left = await own.read(MONITOR.id, new AbortController().signal, (query) =>
        query(z.unknown(), 'SELECT name FROM pg_prepared_statements'),
      );
      expect(left).toEqual([]);
    });
  });

  it('db.bloat_dead_tuples: updates on a table without autovacuum', async () => {
    await admin.query('CREATE TABLE "Carts" (id int, n int) WITH (autovacuum_enabled = off)');
    await admin.query('INSERT INTO "Carts" SELECT g, 0 FROM generate_series(1, 20000) g');
    for (let round = 0; round < 3; round += 1) await admin.query('UPDATE "Carts" SET n = n + 1');
    await passes(1100);
    await admin.query('SELECT 1');
    const evidence = await look();
    const table = rowsOf(of(evidence, 'postgres.database'), 'tables').find(
      (row) => row.table === 'public."Carts"',
    );
    expect(table).toMatchObject({ autovacuum: 'off' });
    expect(Number(table?.dead_ratio)).toBeGreaterThan(0.7);
    const { causes } = conclude(evidence);
    expect(causes[0]?.id).toBe('db.bloat_dead_tuples');
    expect(causes.map(({ id }) => id)).toContain('db.stale_statistics');
    await admin.query(causes[0]?.advice[0]?.command ?? '');
    await admin.query('DROP TABLE "Carts"');
  });

  it('db.deadlock: two transactions that lock the same rows crosswise', async () => {
    await look();
    const [one, two] = [await app.connect(), await app.connect()];
    await one.query('BEGIN; UPDATE accounts SET owner = $$a$$ WHERE id = 3');
    await two.query('BEGIN; UPDATE accounts SET owner = $$b$$ WHERE id = 4');
    const outcomes = await Promise.allSettled([
      one.query('UPDATE accounts SET owner = $$a$$ WHERE id = 4'),
      two.query('UPDATE accounts SET owner = $$b$$ WHERE id = 3'),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await Promise.all([one.query('ROLLBACK'), two.query('ROLLBACK')]);
    await passes(1100);
    await Promise.all([one.query('SELECT 1'), two.query('SELECT 1')]);
    const { causes } = conclude(await look());
    expect(causes[0]?.id).toBe('db.deadlock');
  });

  async function shopThat(
    handle: (pool: Pool) => Promise<void>,
    options: { readonly url?: string; readonly poolSize?: number } = {},
  ): Promise<Shop> {
    const shop = await openShop({ databaseUrl: options.url ?? server.url(), handle, ...options });
    onTestFinished(() => shop.stop());
    return shop;
  }

  it('app.pool_leak: every session of the application idles while its requests fail', async () => {
    const shop = await shopThat(async (pool) => {
      const client = await pool.connect();
      await client.query('SELECT 1');
    });
    await shop.timed({ requests: 10 });
    const [evidence, failing] = await Promise.all([look(), shop.timed({ requests: 4 })]);
    expect(metricValue(collected(failing), 'error_rate')).toBe(1);
    expect(conclude([...evidence, failing]).causes[0]).toMatchObject({
      id: 'app.pool_leak',
      service: 'shop-api',
    });
    expect(conclude(evidence).causes).toEqual([]);
  });

  it('app.n_plus_one: a route that asks for each of many rows by itself', async () => {
    await admin.query('CREATE TABLE lines (id int PRIMARY KEY, n int)');
    await admin.query('INSERT INTO lines SELECT g, 0 FROM generate_series(1, 100) g');
    const shop = await shopThat(async (pool) => {
      for (let id = 1; id <= 100; id += 1) await pool.query('SELECT n FROM lines WHERE id = $1', [id]);
    });
    shop.visitedBy(2);
    const rateIn = (evidence: readonly Evidence[]) =>
      metricValue(of(evidence, 'postgres.statements'), 'calls_per_second') ?? 0;
    const timing = await shop.timed({ requests: 20, budget: 18_000 });
    let evidence = await look();
    // Where tests share few cores, it takes another look to see the loop at its pace.
    for (let more = 4; more > 0 && rateIn(evidence) < 500; more -= 1) evidence = await look();
    expect(metricValue(collected(timing), 'response_time_p95_ms')).toBeGreaterThan(SLOW_MS);
    const { causes } = conclude([...evidence, timing]);
    expect(causes[0]).toMatchObject({ id: 'app.n_plus_one', service: 'shop-api' });
    expect(causes[0]?.summary).toContain('SELECT n FROM lines WHERE id = $1');
  }, 60_000);

  it('net.db_latency: short transactions that wait for each word of a client far away', async () => {
    await admin.query(
      'CREATE TABLE talks (id int PRIMARY KEY, n int); INSERT INTO talks SELECT g, 0 FROM generate_series(1, 9) g',
    );
    const line = await startTcpProxy({ port: server.port, delayMs: 40 });
    onTestFinished(() => line.close());
    let visits = 0;
    const shop = await shopThat(
      async (pool) => {
        const id = (visits++ % 9) + 1;
        const client = await pool.connect();
        for (const step of ['BEGIN', `UPDATE talks SET n = n + 1 WHERE id = ${id}`, 'SELECT 1', 'COMMIT'])
          await client.query(step);
        client.release();
      },
      { url: server.url().replace(`:${server.port}/`, `:${line.port}/`) },
    );
    shop.visitedBy(2);
    await passes(800);
    const [evidence, timing] = await Promise.all([look(), shop.timed()]);
    const waits = of(evidence, 'postgres.waits');
    expect(metricValue(waits, 'client_read_in_transaction_share')).toBeGreaterThan(0.4);
    expect(metricValue(waits, 'transactions_waiting_for_client')).toBeGreaterThan(6);
    expect(metricValue(collected(timing), 'response_time_max_ms')).toBeGreaterThan(4 * 80);
    expect(conclude([...evidence, timing]).causes[0]?.id).toBe('net.db_latency');
  });

  it('a row lock beside a slow route is not called a long way to the database', async () => {
    const holder = await app.connect();
    await holder.query('BEGIN; UPDATE talks SET n = 1 WHERE id = 1');
    const waiting = await Promise.all([1, 2, 3].map(() => app.connect()));
    const updates = waiting.map((client) => client.query('UPDATE talks SET n = 2 WHERE id = 1'));
    await app.repeat('SELECT 1');
    const shop = await shopThat(async (pool) => {
      const update = "SET lock_timeout = '300ms'; UPDATE talks SET n = 3 WHERE id = 1";
      await pool.query(update).catch(() => 'answers without it');
    });
    await passes(1200);
    const [evidence, timing] = await Promise.all([look(), shop.timed({ requests: 4 })]);
    await holder.query('ROLLBACK');
    await Promise.all(updates);
    expect(metricValue(of(evidence, 'postgres.waits'), 'lock_share')).toBeGreaterThan(0.4);
    expect(metricValue(collected(timing), 'response_time_max_ms')).toBeGreaterThan(SLOW_MS);
    const { causes } = conclude([...evidence, timing]);
    expect(causes[0]?.id).toBe('db.lock_contention');
    expect(causes.map(({ id }) => id)).not.toContain('net.db_latency');
  });

  it('does not call it a cold cache when upkeep reads a table that is larger', async () => {
    await admin.query(
      "CREATE TABLE archive AS SELECT g AS id, repeat('n', 900) AS note FROM generate_series(1, 60000) g",
    );
    await admin.query('CREATE INDEX ON archive (id)');
    await admin.query('VACUUM ANALYZE archive');
    const upkeep = createApplication(server.url(), 'upkeep');
    await upkeep.repeat('VACUUM (DISABLE_PAGE_SKIPPING) archive');
    await passes(300);
    const kept = await look();
    await upkeep.stop();
    expect(metricValue(of(kept, 'postgres.database'), 'cache_hit_ratio')).toBeLessThan(0.95);
    const { causes, ruledOut } = conclude(kept);
    expect(causes).toEqual([]);
    expect(ruledOut.find(({ id }) => id === 'db.low_cache_hit')?.reason).toMatch(/the rest is upkeep/);
  });

  it('db.noisy_query and db.idle_in_tx: a report beside an open transaction and a cold cache, which stays when it is over', async () => {
    await admin.query('CREATE TABLE digits AS SELECT generate_series(0, 9) AS n; ANALYZE digits');
    const [open] = await Promise.all([app.connect(), app.connect(), app.connect()]);
    await app.repeat(COLD_READS);
    await open.query('BEGIN; SELECT count(*) FROM digits');
    const analyst = createApplication(server.url(), 'nightly-report');
    const report = await analyst.connect();
    const tables = Array.from({ length: 12 }, (_, index) => `digits d${index}`).join(', ');
    const endless = report.query(`SELECT count(*) FROM ${tables}`).catch((error: Error) => error.message);
    await passes(10_500);
    const evidence = await look();
    const { causes, undecided } = conclude(evidence);
    expect(causes.map(({ id }) => id)).toEqual(['db.noisy_query', 'db.idle_in_tx']);
    // What a long query reads pushes out what others need: whether the cache is too small shows when it is over.
    expect(undecided.find(({ id }) => id === 'db.low_cache_hit')?.reason).toMatch(/of nightly-report/);
    expect(causes[0]?.evidence.map(({ metric }) => metric)).toContain('cache_hit_ratio');
    expect(causes[0]?.summary).toMatch(/of nightly-report has run “SELECT count\(\*\) FROM digits d0/);
    expect(causes[1]?.summary).toMatch(/of shop-api has been idle inside a transaction for 1\d(\.\d+)? s/);
    await admin.query(causes[0]?.advice[0]?.command ?? '');
    expect(await endless).toBe('canceling statement due to user request');
    await open.query('ROLLBACK');
    await analyst.stop();
    expect(conclude(await look()).causes.map(({ id }) => id)).toEqual(['db.low_cache_hit']);
  }, 40_000);

  it('db.connections_exhausted: perfbot still looks when the server is full, and a newcomer says why it cannot', async () => {
    await look();
    for (;;) {
      const full = await app.connect().then(
        () => false,
        () => true,
      );
      if (full) break;
    }
    const evidence = await look();
    const newcomer = createPostgresClients({
      connections: new Map([[TARGET.id, server.url({ user: 'newcomer', password: 'newcomer-pw' })]]),
    });
    const [activity] = postgresProbes({ clients: newcomer });
    const refused = await Promise.all(activity ? [observe(activity, TARGET)] : []);
    await newcomer.close();
    expect(metricValue(of(evidence, 'postgres.activity'), 'connections_ratio')).toBeGreaterThan(0.9);
    expect(conclude(evidence).causes.map(({ id }) => id)).toContain('db.connections_exhausted');
    expect(refused).toMatchObject([{ status: 'unavailable', reason: 'overloaded' }]);
    expect(conclude(refused).causes[0]?.id).toBe('db.connections_exhausted');
  });
}
