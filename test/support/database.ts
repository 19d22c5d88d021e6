import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Database } from '../../src/engine/ports/stores.ts';
import { createDatabase, createPool } from '../../src/storage/database.ts';
import { silentLog } from './silent-log.ts';

export interface TestDatabase {
  readonly connectionString: string;
  readonly pool: pg.Pool;
  readonly database: Database;
  close(): Promise<void>;
}

/** A database of its own for a test file, copied from the migrated template. */
export async function testDatabase(): Promise<TestDatabase> {
  const url = new URL(inject('templateDatabase'));
  const template = url.pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  url.pathname = '/postgres';
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await administer(`create database ${name} template ${template}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pool = createPool({ connectionString: own.href, max: 10, log: silentLog });
  return {
    connectionString: own.href,
    pool,
    database: createDatabase({ pool }),
    async close() {
      await pool.end();
      await administer(`drop database ${name} with (force)`);
    },
  };
}
