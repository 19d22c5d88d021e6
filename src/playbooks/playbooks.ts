import { watch } from 'chokidar';
import type { Problem } from '../core/errors.ts';
import { findCombined } from '../core/playbook/combine.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { type LoadedPlaybooks, loadPlaybooks, type PlaybookSource } from './load-playbooks.ts';

export interface PlaybooksOptions extends PlaybookSource {
  readonly log: Logger;
  /** Quiet time after a change before the folders are read again, milliseconds. Default 100. */
  readonly debounceMs?: number;
}

/** The playbooks of the folders, kept up to date while files change. */
export interface WatchedPlaybooks extends Playbooks {
  /** What is wrong with the files right now. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/**
 * Reads the playbooks and watches their folders. A file that breaks keeps its last good version until it is mended or
 * removed; each problem is logged once.
 */
export async function createPlaybooks({
  directories,
  catalogue,
  log,
  debounceMs = 100,
}: PlaybooksOptions): Promise<WatchedPlaybooks> {
  let current: readonly Playbook[] = [];
  let problems: readonly Problem[] = [];
  const take = (loaded: LoadedPlaybooks) => {
    current = withLastGood(current, loaded);
    report(log, problems, loaded.problems);
    problems = loaded.problems;
  };
  take(await loadPlaybooks({ directories, catalogue }));

  const reload = serial(async () => {
    const before = current;
    take(await loadPlaybooks({ directories, catalogue }));
    const changed = current.map(({ name }) => name).join(', ');
    if (JSON.stringify(before) !== JSON.stringify(current))
      log.info({ playbooks: changed }, 'playbooks changed');
  });
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch([...directories], { ignoreInitial: true, depth: 0 });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(reload, debounceMs);
  });
  watcher.on('error', (err) =>
    log.warn({ err }, 'cannot watch the playbook folders; changes need a restart'),
  );
  await new Promise<void>((resolve) => watcher.once('ready', resolve));

  return {
    all: () => current,
    get: (name) => findCombined(name, (part) => current.find((playbook) => playbook.name === part)),
    problems: () => problems,
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** What loaded, and the last good version of what did not and still has a file. */
function withLastGood(
  before: readonly Playbook[],
  { playbooks, names }: LoadedPlaybooks,
): readonly Playbook[] {
  const kept = before.filter(
    ({ name }) => names.includes(name) && !playbooks.some((playbook) => playbook.name === name),
  );
  return [...playbooks, ...kept].sort((a, b) => a.name.localeCompare(b.name));
}

function report(log: Logger, before: readonly Problem[], now: readonly Problem[]): void {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  for (const problem of now) {
    if (!known.has(JSON.stringify(problem))) log.warn({ ...problem }, 'a playbook cannot be used as it is');
  }
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
