import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPostgresConnection, type Query } from '../../../src/probes/postgres/connection.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('a connection of the PostgreSQL probes', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
  });
  afterAll(() => test.close());

  const sessions = async () => {
    const { rows } = await test.pool.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name = 'perfbot' and pid <> pg_backend_pid()`,
    );
    return rows[0]?.count;
  };

  it('leaves no session behind when it is closed while it connects', async () => {
    const connection = createPostgresConnection(test.connectionString);
    const work = connection.transaction(async () => 'done');
    const outcome = expect(work).rejects.toThrow('closed while connecting');
    await connection.close();
    await outcome;
    await pause(200);
    await expect.poll(sessions, { timeout: 5000 }).toBe(0);
  });

  it('sees statistics frozen within a transaction, so that two samples are two transactions', async () => {
    const connection = createPostgresConnection(test.connectionString);
    const count = (query: Query) =>
      query(z.object({ open: z.number() }), 'SELECT count(*)::int AS open FROM pg_stat_activity');
    const newcomer = await test.pool.connect();
    const [first, again] = await connection.transaction(async (query) => {
      const before = await count(query);
      const others = await Promise.all([test.pool.connect(), test.pool.connect()]);
      const after = await count(query);
      for (const client of others) client.release();
      return [before, after];
    });
    const next = await connection.transaction(count);
    newcomer.release();
    await connection.close();
    expect(again).toEqual(first);
    expect(next[0]?.open).toBeGreaterThan(first?.[0]?.open ?? Number.POSITIVE_INFINITY);
  });
});
