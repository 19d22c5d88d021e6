import { basename, dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Logger } from '../engine/ports/runtime.ts';

export interface WatchOptions {
  /** Folders whose files count; also one that is made later, when the folder above it is there. */
  readonly folders: readonly string[];
  /** Single files, there or not. */
  readonly files?: readonly string[];
  readonly log: Logger;
  /** Called after a change, one call at a time; changes that come meanwhile become one more call. */
  onChange(): Promise<void>;
}

/** Quiet time after a change; longer than the 50 ms in which chokidar drops a second change of the same file. */
const QUIET_MS = 100;
/** Kubernetes mounts files as links into this link, and changes all of them by replacing it. */
const MOUNTED = '..data';

/** Watches folders and files until it is closed. */
export async function watchFiles({
  folders,
  files = [],
  log,
  onChange,
}: WatchOptions): Promise<{ close(): Promise<void> }> {
  const roots = [...new Set([...folders, ...folders.map(dirname), ...files.map(dirname)].map(absolute))];
  const reload = serial(() =>
    onChange().catch((error: unknown) => log.error({ err: error }, 'changed files could not be read')),
  );
  let timer: NodeJS.Timeout | undefined;
  const open = async (wanted: (path: string) => boolean, followSymlinks: boolean) => {
    const watcher = watch(roots, {
      ignoreInitial: true,
      depth: 1,
      followSymlinks,
      ignored: (path) => !wanted(path) && !roots.includes(absolute(path)),
    });
    watcher.on('all', (_event, path) => {
      if (!wanted(path)) return;
      clearTimeout(timer);
      timer = setTimeout(reload, QUIET_MS);
    });
    watcher.on('error', (err) => log.warn({ err, folders, files }, 'cannot watch; changes need a restart'));
    await new Promise<void>((done) => watcher.once('ready', done));
    return watcher;
  };
  const watchers = await Promise.all([
    open(wantedPaths(folders, files), true),
    open((path) => basename(path) === MOUNTED, false),
  ]);
  return {
    close: async () => {
      clearTimeout(timer);
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}

function wantedPaths(folders: readonly string[], files: readonly string[]): (path: string) => boolean {
  const inside = new Set(folders.map(absolute));
  const exact = new Set([...folders, ...files].map(absolute));
  return (path) => exact.has(absolute(path)) || inside.has(absolute(dirname(path)));
}

function absolute(path: string): string {
  return resolve(path);
}

/** Runs `work` after what is running; calls that come meanwhile become one. */
function serial(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    await work();
    running = false;
    if (again) {
      again = false;
      await run();
    }
  };
  return () => void run();
}
