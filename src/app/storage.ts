import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import { createDatabase, createPool } from '../storage/database.ts';
import { startEmbeddedPostgres } from '../storage/embedded/embedded-postgres.ts';
import { endPool } from '../storage/end-pool.ts';
import { migrate } from '../storage/migrate.ts';
import type { CleanUps } from './clean-ups.ts';

const POOL_SIZE = 20;
const STOP_POSTGRES_MS = 9000;

export interface Storage {
  readonly connectionString: string;
  readonly database: Database;
}

/** Opens PostgreSQL, the configured one or our own, and brings its schema up to date. */
export async function openStorage({
  config,
  cleanUps,
  log,
}: {
  readonly config: Config;
  readonly cleanUps: CleanUps;
  readonly log: Logger;
}): Promise<Storage> {
  const connectionString = config.databaseUrl ?? (await startOwn(config, cleanUps, log));
  const pool = createPool({ connectionString, max: POOL_SIZE, log });
  cleanUps.push('database', () => endPool(pool));
  await migrate({ pool, log });
  return { connectionString, database: createDatabase({ pool }) };
}

async function startOwn({ dataDirectory }: Config, cleanUps: CleanUps, log: Logger): Promise<string> {
  const server = await startEmbeddedPostgres({ directory: join(dataDirectory, 'postgres'), log });
  cleanUps.push('embedded PostgreSQL', () => server.close(), STOP_POSTGRES_MS);
  return server.connectionString;
}
