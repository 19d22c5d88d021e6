import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account that PostgreSQL runs as; both undefined: the one of this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: root lends it the account `postgres`, made when it is missing, or else `nobody`. */
export async function accountForPostgres(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const known = await idsOf('postgres');
  if (known) return known;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => undefined);
  return (await idsOf('postgres')) ?? (await idsOf('nobody')) ?? {};
}

async function idsOf(name: string): Promise<Required<Account> | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** True when the account may enter every folder on the way to a path. */
export async function isReachable(path: string, { uid, gid }: Account): Promise<boolean> {
  if (uid === undefined) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found && !mayEnter(found, uid, gid)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayEnter(
  { mode, uid: owner, gid: group }: { mode: number; uid: number; gid: number },
  uid: number,
  gid: number | undefined,
): boolean {
  if (owner === uid) return (mode & 0o100) !== 0;
  if (group === gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
