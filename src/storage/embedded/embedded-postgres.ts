import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { PerfbotError } from '../../core/errors.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { type Account, accountForPostgres, isReachable } from './account.ts';
import { copyBinaries, findBinaries } from './binaries.ts';

const run = promisify(execFile);

/** Each blocking BullMQ worker holds one more connection for LISTEN. */
const MAX_CONNECTIONS = 200;
const START_SECONDS = 60;
/** Where root keeps what the account of PostgreSQL must reach when the project itself lies in a private folder. */
const SHARED_DIRECTORY = '/var/lib/perfbot';
/** Held by the perfbot that uses the database; arbitrary and constant. */
const OWNER_LOCK = 7_312_206_001;

export interface EmbeddedPostgresOptions {
  /** Folder of its own; made when it is missing. */
  readonly directory: string;
  readonly log: Logger;
}

export interface EmbeddedPostgres {
  readonly connectionString: string;
  close(): Promise<void>;
}

interface Place {
  readonly binaries: string;
  readonly data: string;
  readonly logFile: string;
  readonly passwordFile: string;
  readonly account: Account;
}

/**
 * Starts a real PostgreSQL of perfbot's own, on a free port of the loopback address. A server that a killed perfbot
 * left behind is used again.
 * @throws PerfbotError when another perfbot uses the folder, or the platform has no binaries.
 */
export async function startEmbeddedPostgres({
  directory,
  log,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = await preparePlace(resolve(directory));
  const password = await passwordOf(place);
  if (!(await stat(join(place.data, 'PG_VERSION')).catch(() => undefined))) await initialise(place);
  const running = await runningPort(place);
  const port = running ?? (await freePort());
  if (running === undefined) await start(place, port);
  log.info({ port, reused: running !== undefined }, 'embedded PostgreSQL is up');
  const connectionString = `postgres://perfbot:${password}@127.0.0.1:${port}/perfbot`;
  const owner = await becomeOwner(password, port, directory);
  return {
    connectionString,
    async close() {
      await owner.end().catch(() => undefined);
      await control(place, ['stop', '-m', 'fast', '-t', '8']);
      log.info({}, 'embedded PostgreSQL stopped');
    },
  };
}

async function preparePlace(directory: string): Promise<Place> {
  const account = await accountForPostgres();
  const native = await findBinaries();
  await mkdir(directory, { recursive: true });
  const reachable = (await isReachable(native, account)) && (await isReachable(directory, account));
  const home = reachable
    ? directory
    : join(SHARED_DIRECTORY, createHash('sha256').update(directory).digest('hex').slice(0, 12));
  const binaries = reachable ? native : await copyBinaries(native, join(SHARED_DIRECTORY, 'postgresql'));
  const data = join(home, 'data');
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(home, account.uid, account.gid);
    await chown(data, account.uid, account.gid);
  }
  return {
    binaries,
    data,
    logFile: join(home, 'postgres.log'),
    passwordFile: join(home, 'password'),
    account,
  };
}

/** A password of its own for each folder, readable by its owner only. */
async function passwordOf({ passwordFile, account }: Place): Promise<string> {
  const known = await readFile(passwordFile, 'utf8').catch(() => '');
  if (known.trim()) return known.trim();
  const password = randomBytes(24).toString('base64url');
  await rm(passwordFile, { force: true });
  const file = await open(passwordFile, 'wx', 0o600);
  await file.writeFile(password);
  if (account.uid !== undefined && account.gid !== undefined) await file.chown(account.uid, account.gid);
  await file.sync();
  await file.close();
  return password;
}

async function initialise(place: Place): Promise<void> {
  const { binaries, data, passwordFile, account } = place;
  // A first start that was killed leaves half a folder, which initdb refuses.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(data, account.uid, account.gid);
  const args = [
    '-D',
    data,
    '-U',
    'perfbot',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  await run(join(binaries, 'bin', 'initdb'), args, { ...account, cwd: '/' }).catch((error: unknown) => {
    throw startFailure('initdb failed', error);
  });
}

async function start(place: Place, port: number): Promise<void> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: MAX_CONNECTIONS,
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track_planning': 'off',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  await writeFile(place.logFile, '', { flag: 'a' });
  if (place.account.uid !== undefined && place.account.gid !== undefined)
    await chown(place.logFile, place.account.uid, place.account.gid);
  try {
    await control(place, [
      'start',
      '-w',
      '-t',
      String(START_SECONDS),
      '-l',
      place.logFile,
      '-o',
      options.join(' '),
    ]);
  } catch (error) {
    const tail = (await readFile(place.logFile, 'utf8').catch(() => ''))
      .trim()
      .split('\n')
      .slice(-5)
      .join(' | ');
    throw startFailure(tail, error);
  }
}

function startFailure(detail: string, cause: unknown): PerfbotError {
  return new PerfbotError('internal', `embedded PostgreSQL did not start: ${detail}`, {
    userMessage: `The embedded PostgreSQL did not start: ${detail}`,
    mend: 'Read postgres.log in the data folder, or set DATABASE_URL to a server of your own.',
    cause,
  });
}

/** `pg_ctl` detaches the server, so that a Ctrl-C in the terminal reaches perfbot alone and it can end its work first. */
async function control({ binaries, data, account }: Place, args: readonly string[]): Promise<void> {
  const child = run(join(binaries, 'bin', 'pg_ctl'), ['-D', data, '-s', ...args], { ...account, cwd: '/' });
  await child;
}

/** The port of a server that runs on this data folder, or undefined. */
async function runningPort(place: Place): Promise<number | undefined> {
  try {
    await control(place, ['status']);
    const lines = (await readFile(join(place.data, 'postmaster.pid'), 'utf8')).split('\n');
    return Number(lines[3]) || undefined;
  } catch {
    return undefined;
  }
}

/** Takes the lock that says "this perfbot uses the database" and makes the database when it is missing. */
async function becomeOwner(password: string, port: number, directory: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'perfbot',
    password,
    database: 'postgres',
    application_name: 'perfbot-owner',
  });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
    OWNER_LOCK,
  ]);
  if (!rows[0]?.held) {
    await client.end();
    throw new PerfbotError('overloaded', 'embedded PostgreSQL is in use', {
      userMessage: `Another perfbot uses the data folder ${directory}.`,
      mend: 'Stop it, or give this one a folder of its own with PERFBOT_DATA_DIR.',
    });
  }
  const existing = await client.query('select 1 from pg_database where datname = $1', ['perfbot']);
  if (existing.rowCount === 0) await client.query('create database perfbot');
  return client;
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
