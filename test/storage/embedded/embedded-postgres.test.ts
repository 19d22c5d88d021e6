import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeSymlinks } from '../../../src/storage/embedded/binaries.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/storage/embedded/embedded-postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let root: string;
let directory: string;
let open: (() => unknown)[];
beforeEach(async () => {
  // Nobody else may enter it: as root, PostgreSQL must run in there all the same.
  root = await mkdtemp(join(tmpdir(), 'perfbot-embedded-'));
  directory = join(root, 'postgres');
  open = [];
});
afterEach(async () => {
  for (const close of open.reverse()) await close();
  await rm(root, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, log: silentLog });
  open.push(() => server.close());
  return server;
}

async function query(connectionString: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}

async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Another process that starts the embedded server; its first line of output. */
async function standIn(): Promise<{
  child: ChildProcess;
  said: { connectionString?: string; error?: object };
}> {
  const script = join(import.meta.dirname, 'perfbot-stand-in.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  open.push(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout ?? child, 'data');
  return { child, said: JSON.parse(String(line)) };
}

async function postmaster(): Promise<number> {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

describe('embedded PostgreSQL', () => {
  it('keeps its data between starts, its password to itself, and listens on the loopback address only', async () => {
    const first = await startEmbeddedPostgres({ directory, log: silentLog });
    await query(first.connectionString, 'create table kept as select 42 as answer');
    expect(await query(first.connectionString, 'show listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    expect(await query(first.connectionString, 'show shared_preload_libraries')).toEqual([
      { shared_preload_libraries: 'pg_stat_statements' },
    ]);
    await first.close();
    const second = await start();
    expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
    const wrong = second.connectionString.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'select 1')).rejects.toThrow('password');
  });

  it('stops the server of a killed perfbot and keeps what it had committed', async () => {
    const { child, said } = await standIn();
    await query(said.connectionString ?? '', 'create table kept as select 7 as answer');
    const orphan = await postmaster();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(process.kill(orphan, 0)).toBe(true);
    const server = await start();
    expect(() => process.kill(orphan, 0)).toThrow('ESRCH');
    expect(await query(server.connectionString, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  it('starts after both were killed', async () => {
    const { child, said } = await standIn();
    await query(said.connectionString ?? '', 'create table kept as select 8 as answer');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    process.kill(await postmaster(), 'SIGKILL');
    await exited;
    const server = await start();
    expect(await query(server.connectionString, 'select answer from kept')).toEqual([{ answer: 8 }]);
  });

  it('comes back at the same address when the server is killed while perfbot runs', async () => {
    const { connectionString } = await start();
    await query(connectionString, 'create table kept as select 9 as answer');
    process.kill(await postmaster(), 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await eventually(() => query(connectionString, 'select answer from kept'))).toEqual([
      { answer: 9 },
    ]);
  });

  it('refuses a second perfbot on the same folder, also when both start at once', async () => {
    const tries = await Promise.allSettled([start(), start()]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { said } = await standIn();
    expect(said.error).toMatchObject({
      reason: 'overloaded',
      userMessage: expect.stringContaining(directory),
    });
  });

  it('is not misled by a pid file that names a process of somebody else', async () => {
    const first = await startEmbeddedPostgres({ directory, log: silentLog });
    const file = join(directory, 'data', 'postmaster.pid');
    const left = (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid));
    await first.close();
    await writeFile(file, left);
    await expect(start()).resolves.toBeDefined();
  });

  it('starts anew where a first start was killed half-way', async () => {
    await mkdir(join(directory, 'data.new'), { recursive: true });
    await writeFile(join(directory, 'data.new', 'PG_VERSION'), '18\n');
    await expect(start()).resolves.toBeDefined();
  });
});

it('makes the links that an install without scripts leaves out', async () => {
  const native = join(root, 'native');
  await mkdir(join(native, 'lib'), { recursive: true });
  await writeFile(join(native, 'lib', 'libpq.so.5.18'), 'library');
  await writeFile(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
  await completeSymlinks(native);
  await completeSymlinks(native);
  expect(await readFile(join(native, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
});
