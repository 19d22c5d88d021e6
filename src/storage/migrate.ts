import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from '../engine/ports/runtime.ts';
import { toDatabaseError } from './errors.ts';

/** From both `src/storage` and `dist/storage` this is the folder in the source tree: the SQL is not compiled. */
const DIRECTORY = fileURLToPath(new URL('../../src/storage/migrations', import.meta.url));
/** Serialises processes that start at once; arbitrary and constant. */
const MIGRATION_LOCK = 7_312_206_002;

/** Brings the schema of the database up to date; several processes may do so at once. Answers what was applied. */
export async function migrate({
  pool,
  log,
}: {
  readonly pool: pg.Pool;
  readonly log: Logger;
}): Promise<readonly string[]> {
  // A connection of its own: a migration, or the wait for one, may take longer than the pool allows a statement.
  const { query_timeout: _, ...options } = pool.options;
  const client = new pg.Client(options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await runner({
      dbClient: client,
      dir: DIRECTORY,
      direction: 'up',
      migrationsTable: 'perfbot_migrations',
      noLock: true,
      verbose: false,
      log: (message) => log.debug({ message }, 'migration'),
      logger: {
        debug: () => {},
        info: () => {},
        warn: (message) => log.warn({ message }, 'migration'),
        error: (message) => log.error({ message }, 'migration'),
      },
    });
    const names = applied.map(({ name }) => name);
    if (names.length > 0) log.info({ migrations: names }, 'database schema updated');
    return names;
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    // Also gives the lock back.
    await client.end().catch(() => undefined);
  }
}
