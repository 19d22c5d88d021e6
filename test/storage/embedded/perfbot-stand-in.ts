import { startEmbeddedPostgres } from '../../../src/storage/embedded/embedded-postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

// Stands in for a perfbot that is killed: says its connection string or its error, and stays until it is ended.
try {
  const server = await startEmbeddedPostgres({ directory: process.argv[2] ?? '', log: silentLog });
  process.stdout.write(`${JSON.stringify({ connectionString: server.connectionString })}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}
