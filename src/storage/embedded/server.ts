import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { asAccount } from './account.ts';
import { type Cluster, startFailure } from './cluster.ts';

/** Each blocking BullMQ worker holds one more connection for LISTEN. */
const MAX_CONNECTIONS = 200;
/** Recovery after a crash may take its time. */
const READY_WITHIN_MS = 60_000;
/** Sessions of a killed server may live on for a moment and hold its shared memory. */
const RETRY_WITHIN_MS = 15_000;
const MOST_LOG_BYTES = 10_000_000;
const STOP_FAST_MS = 8000;

/** A running server of a cluster. */
export interface Server {
  readonly process: ChildProcess;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Where its part of the log file begins, bytes. */
  readonly logFrom: number;
}

/**
 * Starts the server and waits until it takes connections.
 * @throws PerfbotError with the last lines of its log.
 */
export async function startServer(cluster: Cluster, port: number): Promise<Server> {
  const retryUntil = Date.now() + RETRY_WITHIN_MS;
  for (;;) {
    const server = await spawnServer(cluster, port);
    if (await isReady(cluster, port, server)) return server;
    const tail = await logTail(cluster, server);
    if (!tail.includes('shared memory') || Date.now() > retryUntil) throw startFailure(tail);
    await pause(300);
  }
}

/** Ends sessions and writes everything; leaves at once where that takes too long. */
export async function stopServer({ process, ended }: Server): Promise<void> {
  process.kill('SIGINT');
  const timer = setTimeout(() => process.kill('SIGQUIT'), STOP_FAST_MS);
  await ended;
  clearTimeout(timer);
}

/** A client of the maintenance database; the caller ends it. */
export async function connectTo(
  { password }: Cluster,
  port: number,
  database = 'postgres',
): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'perfbot',
    password,
    database,
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function spawnServer(cluster: Cluster, port: number): Promise<Server> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: MAX_CONNECTIONS,
    shared_preload_libraries: 'pg_stat_statements',
  };
  const { file, args, options } = asAccount(cluster.runAs, join(cluster.binaries, 'bin', 'postgres'), [
    '-D',
    cluster.data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const size = (await stat(cluster.logFile).catch(() => undefined))?.size ?? 0;
  const tooLong = size > MOST_LOG_BYTES;
  const log = await open(cluster.logFile, tooLong ? 'w' : 'a', 0o600);
  try {
    // In a process group of its own: a Ctrl-C in the terminal reaches perfbot alone, which ends its work first.
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.unref();
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    return { process: child, ended, logFrom: tooLong ? 0 : size };
  } finally {
    await log.close();
  }
}

async function isReady(cluster: Cluster, port: number, server: Server): Promise<boolean> {
  let running = true;
  void server.ended.then(() => {
    running = false;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (running && Date.now() < deadline) {
    const client = await connectTo(cluster, port).catch(() => undefined);
    if (client) {
      await client.end();
      return running;
    }
    await pause(25);
  }
  if (running) await stopServer(server);
  return false;
}

async function logTail({ logFile }: Cluster, { logFrom }: Server): Promise<string> {
  const bytes = await readFile(logFile).catch(() => Buffer.alloc(0));
  return bytes.subarray(logFrom).toString('utf8').trim().split('\n').slice(-5).join(' | ');
}
