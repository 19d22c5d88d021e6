import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createPool } from '../../src/storage/database.ts';
import { startEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.ts';
import { migrate } from '../../src/storage/migrate.ts';
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
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: silentLog });
  const pool = createPool({ connectionString: server.connectionString, max: 1, log: silentLog });
  await migrate({ pool, log: silentLog });
  await pool.end();
  project.provide('templateDatabase', server.connectionString);
  return async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
}
