import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresConnection } from '../../../src/probes/postgres/connection.ts';
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
    expect(await sessions()).toBe(0);
  });
});
