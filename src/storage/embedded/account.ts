import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { PerfbotError } from '../../core/errors.ts';

const run = promisify(execFile);

/** How programs of PostgreSQL are started: behind a command, or with ids of another account, or as we are. */
export interface RunAs {
  /** Command that starts the program in our place; empty for none. */
  readonly prefix: readonly string[];
  /** Owner of what PostgreSQL writes; undefined: the account of this process. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * PostgreSQL refuses to run as root: root lends it the account `postgres`, made when it is missing, or else `nobody`.
 * Where that account may not enter the folders (a project in root's home, say), it gets the right to pass them.
 * @throws PerfbotError `permission` when there is no way.
 */
export async function accountForPostgres(paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { prefix: [], owner: undefined };
  const owner = await ownerForPostgres();
  if (owner === undefined) throw noWay(paths);
  for (const path of paths) if (!(await isReachable(path, owner))) return passing(owner, paths);
  return { prefix: [], owner };
}

/** The program and its arguments as `spawn` wants them. */
export function asAccount(
  { prefix, owner }: RunAs,
  program: string,
  args: readonly string[],
): {
  readonly file: string;
  readonly args: string[];
  readonly options: { readonly cwd: string; readonly uid?: number; readonly gid?: number };
} {
  const [file = program, ...rest] = [...prefix, program, ...args];
  return { file, args: rest, options: { cwd: '/', ...(prefix.length === 0 ? owner : {}) } };
}

async function ownerForPostgres(): Promise<{ uid: number; gid: number } | undefined> {
  const known = await idsOf('postgres');
  if (known) return known;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => undefined);
  return (await idsOf('postgres')) ?? (await idsOf('nobody'));
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** True when the account may enter every folder on the way to a path. */
async function isReachable(path: string, { uid, gid }: { uid: number; gid: number }): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder);
    const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
    if ((found.mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** `setpriv` (util-linux) changes the account and leaves it one right: to enter folders that are not its own. */
async function passing(owner: { uid: number; gid: number }, paths: readonly string[]): Promise<RunAs> {
  const right = (await mayHave(DAC_READ_SEARCH)) ? '+dac_read_search' : '+dac_override';
  const prefix = [
    'setpriv',
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    // Without it access(2), with which initdb looks for its own files, takes no notice of the right.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=-all,${right}`,
    `--ambient-caps=-all,${right}`,
    '--no-new-privs',
  ];
  const [command = '', ...args] = prefix;
  await run(command, [...args, 'true'], { cwd: '/' }).catch((cause: unknown) => {
    throw noWay(paths, cause);
  });
  return { prefix, owner };
}

/** Number of the capability in linux/capability.h; containers often lack it and have `dac_override` instead. */
const DAC_READ_SEARCH = 2n;

async function mayHave(capability: bigint): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${bounding}`) >> capability) & 1n) === 1n;
}

function noWay(paths: readonly string[], cause?: unknown): PerfbotError {
  return new PerfbotError('permission', 'no account that PostgreSQL can run as', {
    userMessage: `PostgreSQL does not run as root, and no other account may enter ${paths.join(' and ')}.`,
    mend: 'Start perfbot as an ordinary user, or from a folder that everybody may enter, or set DATABASE_URL.',
    cause,
  });
}
