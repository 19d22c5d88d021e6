import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '../../engine/ports/runtime.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { lockFolder } from './folder-lock.ts';
import { stopLeftBehind } from './left-behind.ts';
import { connectTo, type Server, startServer, stopServer } from './server.ts';

const PORT_TRIES = 5;
const RESTART_FIRST_MS = 200;
const RESTART_MOST_MS = 5000;

export interface EmbeddedPostgresOptions {
  /** Folder of its own; made when it is missing. */
  readonly directory: string;
  readonly log: Logger;
}

export interface EmbeddedPostgres {
  /** Holds the password. The same until `close`, also when the server had to be started again. */
  readonly connectionString: string;
  close(): Promise<void>;
}

/**
 * Starts a real PostgreSQL of perfbot's own, on a free port of the loopback address, and starts it again when it dies.
 * A server that a killed perfbot left behind is stopped first.
 * @throws PerfbotError when another perfbot uses the folder, the platform has no binaries, or the server does not start.
 */
export async function startEmbeddedPostgres({
  directory,
  log,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  try {
    const cluster = await openCluster(folder);
    const leftBehind = await stopLeftBehind(cluster.data);
    const { port, stop } = await startOnFreePort(cluster, log);
    await ensureDatabase(cluster, port);
    log.info({ port, leftBehind }, 'embedded PostgreSQL is up');
    return {
      connectionString: `postgres://perfbot:${cluster.password}@127.0.0.1:${port}/perfbot`,
      async close() {
        await stop();
        await unlock();
        log.info({}, 'embedded PostgreSQL stopped');
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** A port that was free a moment ago may be taken by now. */
async function startOnFreePort(
  cluster: Cluster,
  log: Logger,
): Promise<{ port: number; stop: () => Promise<void> }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      return { port, stop: await keepRunning(cluster, port, log) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || tries === PORT_TRIES) throw error;
    }
  }
}

/** Starts the server, and again on the same port whenever it ends by itself. Answers how to stop it. */
async function keepRunning(cluster: Cluster, port: number, log: Logger): Promise<() => Promise<void>> {
  let stopping = false;
  let server: Server | undefined = await startServer(cluster, port);
  const again = async () => {
    for (let wait = RESTART_FIRST_MS; !stopping; wait = Math.min(2 * wait, RESTART_MOST_MS)) {
      try {
        server = await startServer(cluster, port);
        return;
      } catch (error) {
        log.error({ err: error }, 'embedded PostgreSQL does not start again');
        await pause(wait, undefined, { ref: false });
      }
    }
  };
  const watch = async () => {
    while (server !== undefined && !stopping) {
      await server.ended;
      server = undefined;
      if (stopping) return;
      log.error({ port }, 'embedded PostgreSQL ended by itself and is started again');
      await again();
    }
  };
  const watching = watch();
  return async () => {
    stopping = true;
    if (server !== undefined) await stopServer(server);
    await watching;
    // It may have come up again while it was being stopped.
    if (server !== undefined) await stopServer(server);
  };
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  await thenClose(await connectTo(cluster, port), async (server) => {
    const existing = await server.query('select 1 from pg_database where datname = $1', ['perfbot']);
    if (existing.rowCount === 0) await server.query('create database perfbot');
  });
  // perfbot looks at its own database as at any other, and its statements are among what it looks at.
  await thenClose(await connectTo(cluster, port, 'perfbot'), (own) =>
    own.query('create extension if not exists pg_stat_statements'),
  );
}

async function thenClose(client: pg.Client, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
