import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { createPool } from '../../src/storage/database.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/storage/embedded/embedded-postgres.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { isPostgresGiven } from './postgres-installation.ts';
import { startPostgres15 } from './postgres15.ts';
import { silentLog } from './silent-log.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the template database of the test run. */
    templateDatabase: string;
  }
}

/** One real PostgreSQL for the whole test run, with a migrated template that test databases are copied from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'perfbot-test-'));
  const server = isPostgresGiven
    ? await startGiven()
    : await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: silentLog });
  const pool = createPool({ connectionString: server.connectionString, max: 1, log: silentLog });
  await migrate({ pool, log: silentLog });
  await pool.end();
  project.provide('templateDatabase', server.connectionString);
  return async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
}

/** The given installation with a database of the name that the embedded one has. */
async function startGiven(): Promise<Pick<EmbeddedPostgres, 'connectionString' | 'close'>> {
  const server = await startPostgres15({ settings: { max_connections: '200' } });
  const client = new Client(server.url());
  await client.connect();
  await client.query('CREATE DATABASE perfbot');
  await client.end();
  return { connectionString: server.url({ database: 'perfbot' }), close: server.stop };
}
