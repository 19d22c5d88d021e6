import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PerfbotError } from '../../core/errors.ts';
import { accountForPostgres, asAccount, type RunAs } from './account.ts';
import { findBinaries } from './binaries.ts';

const run = promisify(execFile);

/** What a PostgreSQL server is started from. */
export interface Cluster {
  readonly binaries: string;
  /** PGDATA. */
  readonly data: string;
  readonly logFile: string;
  readonly password: string;
  readonly runAs: RunAs;
}

/** Finds the cluster in a folder, or makes it. The caller holds the lock of the folder. */
export async function openCluster(directory: string): Promise<Cluster> {
  const binaries = await findBinaries();
  const runAs = await accountForPostgres([binaries, directory]);
  const passwordFile = join(directory, 'password');
  const data = join(directory, 'data');
  const exists = (await stat(data).catch(() => undefined)) !== undefined;
  const password = await passwordOf(passwordFile, runAs, exists);
  if (!exists) await initialise({ binaries, data, passwordFile, runAs });
  return { binaries, data, logFile: join(directory, 'postgres.log'), password, runAs };
}

/** An error about the embedded server, with the way out. */
export function startFailure(detail: string, cause?: unknown): PerfbotError {
  return new PerfbotError('internal', `embedded PostgreSQL did not start: ${detail}`, {
    userMessage: `The embedded PostgreSQL did not start: ${detail}`,
    mend: 'Read postgres.log in the data folder, or set DATABASE_URL to a server of your own.',
    cause,
  });
}

/** A password of its own for each folder, readable by its owner only. */
async function passwordOf(file: string, { owner }: RunAs, clusterExists: boolean): Promise<string> {
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (known !== '') return known;
  if (clusterExists) throw startFailure(`the file ${file} is gone, and with it the way into the database`);
  const password = randomBytes(24).toString('base64url');
  await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(password);
    if (owner) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return password;
}

/** Made beside its place and moved there when it is complete: a start that was killed leaves nothing half. */
async function initialise({
  binaries,
  data,
  passwordFile,
  runAs,
}: Omit<Cluster, 'logFile' | 'password'> & { readonly passwordFile: string }): Promise<void> {
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (runAs.owner) await chown(unfinished, runAs.owner.uid, runAs.owner.gid);
  const { file, args, options } = asAccount(runAs, join(binaries, 'bin', 'initdb'), [
    `--pgdata=${unfinished}`,
    '--username=perfbot',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ]);
  await run(file, args, options).catch((error: unknown) => {
    throw startFailure('initdb failed', error);
  });
  await rename(unfinished, data);
}
