import type { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Service } from '../../../src/core/inventory/service.ts';
import { OTHERS } from '../../../src/core/monitor/statement-deltas.ts';
import type { StatementWeek } from '../../../src/core/weekly-report/rank-statements.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { keepStatements } from '../../../src/engine/monitor/keep-statements.ts';
import { MONITORED } from '../../../src/engine/monitor/monitored.ts';
import { sampleServices } from '../../../src/engine/monitor/sample-services.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresStatementTotalsProbe } from '../../../src/probes/postgres/statement-totals.ts';
import { type Application, createApplication } from '../../probes/postgres/application.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { type OwnPostgres, startPostgres } from '../../support/postgres15.ts';
import { silentLog } from '../../support/silent-log.ts';
import { API } from '../harness.ts';

const HOUR = 60 * 60_000;
const WEEK = 7 * 24 * HOUR;
const START = 1_700_000_000_000;
const TARGET = { kind: 'postgres', id: 'postgres:shop', service: 'shop-db', zone: 'default' } as const;
const SHOP: Service = { ...API, name: 'shop-db', targets: [TARGET] };

let server: OwnPostgres;
let app: Application;
let admin: Client;
let clients: PostgresClients;
let test: TestDatabase;
beforeAll(async () => {
  [server, test] = await Promise.all([startPostgres(), testDatabase()]);
  app = createApplication(server.url());
  admin = await app.connect();
  await admin.query('CREATE EXTENSION pg_stat_statements');
  clients = createPostgresClients({ connections: new Map([[TARGET.id, server.url()]]) });
});
afterAll(async () => {
  await clients?.close();
  await app?.stop();
  await Promise.all([server?.stop(), test?.close()]);
});

let at = START;
/** Two workers of one program, each with a monitor of its own. */
const workers = () =>
  [1, 2].map(() =>
    sampleServices({
      inventory: { services: async () => [SHOP] },
      probes: new Map([['postgres.statement_totals', toAnyProbe(postgresStatementTotalsProbe({ clients }))]]),
      monitored: MONITORED,
      ...test.database,
      statements: keepStatements({ database: test.database, log: silentLog }),
      changes: test.database.changes,
      samples: test.database.samples,
      monitor: test.database.monitor,
      zone: 'default',
      intervalMs: 30_000,
      spreadMs: 0,
      now: () => at,
      log: silentLog,
      limit: (task) => task(),
    }),
  );

async function lookAfter(ms: number, sample = workers()): Promise<void> {
  at += ms;
  await Promise.all(sample.map((one) => one(new AbortController().signal)));
}

async function weeks(from = START): Promise<Map<string, StatementWeek>> {
  const found = await test.database.statements.weeks({
    from,
    to: from + WEEK,
    before: { from: from - WEEK, to: from },
  });
  return new Map(found.map((one) => [one.query ?? one.queryid, one]));
}

const call = async (sql: string, times: number) => {
  for (let index = 0; index < times; index += 1) await admin.query(sql);
};

it('keeps what each statement did between two looks, once an hour, whoever looks', async () => {
  await call('SELECT pg_sleep(0.001), 1', 5);
  await lookAfter(0);
  expect(await weeks()).toEqual(new Map());
  await call('SELECT pg_sleep(0.02), 1', 3);
  await call("CREATE ROLE someone PASSWORD 'top-secret-7'", 1);
  await lookAfter(HOUR);
  const first = await weeks();
  expect(first.get('SELECT pg_sleep($1), $2')).toMatchObject({
    service: 'shop-db',
    database: 'postgres',
    firstSeenAt: START,
    now: { calls: 3, hours: 1 },
    before: { calls: 0, hours: 0 },
  });
  expect(first.get('SELECT pg_sleep($1), $2')?.now.totalMs).toBeGreaterThan(55);
  expect(JSON.stringify([...first])).not.toContain('top-secret-7');
  expect(first.has(OTHERS)).toBe(true);
  // The same hour again, by anybody, is nothing new.
  await call('SELECT pg_sleep(0.02), 1', 1);
  await lookAfter(30_000);
  expect((await weeks()).get('SELECT pg_sleep($1), $2')?.now.calls).toBe(3);
  await lookAfter(HOUR);
  expect((await weeks()).get('SELECT pg_sleep($1), $2')?.now).toMatchObject({ calls: 4, hours: 2 });
});

it('keeps the first twenty and the sum of the others', async () => {
  for (let index = 0; index < 30; index += 1) await call(`SELECT 1${', 1'.repeat(index)}`, 2);
  await lookAfter(HOUR);
  const { rows } = await test.pool.query(
    'select s.queryid, h.calls from statement_hours h join statements s on s.id = h.statement where h.at = (select max(at) from statement_hours)',
  );
  expect(rows).toHaveLength(21);
  expect(rows.find(({ queryid }) => queryid === OTHERS).calls).toBeGreaterThanOrEqual(20);
});

it('counts from zero after a reset, and does not tell the time in which it was away to a day', async () => {
  const before = (await weeks()).get('SELECT pg_sleep($1), $2')?.now.calls ?? 0;
  await admin.query('SELECT pg_stat_statements_reset()');
  await call('SELECT pg_sleep(0.001), 1', 2);
  await lookAfter(HOUR);
  expect((await weeks()).get('SELECT pg_sleep($1), $2')?.now.calls).toBe(before + 2);
  await call('SELECT pg_sleep(0.001), 1', 2);
  await lookAfter(25 * HOUR);
  expect((await weeks()).get('SELECT pg_sleep($1), $2')?.now.calls).toBe(before + 2);
});

it('tells two weeks apart, and drops old ones as partitions', async () => {
  await lookAfter(START + WEEK - at);
  await call('SELECT pg_sleep(0.001), 1', 7);
  await lookAfter(HOUR);
  const found = (await weeks(START + WEEK)).get('SELECT pg_sleep($1), $2');
  expect(found).toMatchObject({ now: { calls: 7, hours: 1 }, before: { hours: 3 }, firstSeenAt: START });
  await test.database.statements.dropBefore(START + 5 * WEEK);
  const { rows } = await test.pool.query(
    `select (select count(*)::int from statement_hours) as hours, (select count(*)::int from statements) as statements,
       (select count(*)::int from pg_inherits where inhparent = 'statement_hours'::regclass) as partitions`,
  );
  expect(rows).toEqual([{ hours: 0, statements: 0, partitions: 0 }]);
});
