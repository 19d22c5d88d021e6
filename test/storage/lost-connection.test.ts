import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, createPool } from '../../src/storage/database.ts';
import { endPool } from '../../src/storage/end-pool.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { silentLog } from '../support/silent-log.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

/** Ends every other session of the test's database, as a server that dies does. */
async function endOtherSessions(): Promise<void> {
  const own = createPool({ connectionString: test.connectionString, max: 1, log: silentLog });
  await own.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await own.end();
}

it('rolls back and says "unreachable" when the connection is lost between two statements', async () => {
  const work = test.database.transaction(async ({ runs, alerts }) => {
    await alerts.markHandled(['x'], 1);
    await endOtherSessions();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await runs.get('x');
  });
  await expect(work).rejects.toMatchObject({ reason: 'unreachable' });
  await expect(test.database.ping()).resolves.toBeUndefined();
});

it('says "unreachable" when nobody listens there', async () => {
  const connectionString = `postgres://nobody:secret-word@127.0.0.1:${await freePort()}/none`;
  const pool = createPool({ connectionString, max: 1, log: silentLog });
  const failure = await createDatabase({ pool })
    .ping()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ reason: 'unreachable', mend: expect.stringContaining('DATABASE_URL') });
  expect(String(failure)).not.toContain('secret-word');
  await expect(migrate({ pool, log: silentLog })).rejects.toMatchObject({ reason: 'unreachable' });
  await pool.end();
});

it('ends a pool only when the server has closed every connection', async () => {
  const pool = createPool({ connectionString: test.connectionString, max: 3, log: silentLog });
  let closed = 0;
  pool.on('connect', (client) => client.once('end', () => (closed += 1)));
  await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.05)')));
  await endPool(pool);
  expect(closed).toBe(3);
  const unused = createPool({ connectionString: test.connectionString, max: 3, log: silentLog });
  await expect(endPool(unused)).resolves.toBeUndefined();
});

it('migrates once however many processes start at once, and not at all the second time', async () => {
  await test.pool.query('drop schema public cascade');
  await test.pool.query('create schema public');
  const applied = await Promise.all([1, 2, 3].map(() => migrate({ pool: test.pool, log: silentLog })));
  const names = applied.flat();
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(names).size).toBe(names.length);
  expect(await migrate({ pool: test.pool, log: silentLog })).toEqual([]);
});
