import { execFile } from 'node:child_process';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folder of the project. */
export const ROOT = join(import.meta.dirname, '../../..');

const LOCK = join(tmpdir(), 'perfbot-test-build.lock');
/** A build that takes longer was killed. */
const STALE_MS = 120_000;

/** Builds `dist/`, one test file after the other; what has not changed is not built again. */
export async function buildPerfbot(): Promise<void> {
  await lock();
  try {
    await run(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
  } finally {
    await rmdir(LOCK);
  }
}

/** Making a folder succeeds for one caller only. */
async function lock(): Promise<void> {
  for (;;) {
    const taken = await mkdir(LOCK).then(
      () => true,
      () => false,
    );
    if (taken) return;
    const age = await stat(LOCK).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rmdir(LOCK).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
