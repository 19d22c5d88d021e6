import { join } from 'node:path';
import type { Problem } from '../core/errors.ts';
import type { Checklists } from '../engine/ports/checklists.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { logNewProblems, withLastGood } from './last-good.ts';
import {
  CHECKLIST_FOLDER,
  type ChecklistsSource,
  loadChecklists,
  readChecklists,
} from './load-checklists.ts';
import { watchFiles } from './watch-files.ts';

export interface ChecklistsOptions extends ChecklistsSource {
  readonly log: Logger;
}

/** The checklists and their schedules, kept up to date while files change. */
export interface WatchedChecklists extends Checklists {
  close(): Promise<void>;
}

/**
 * Reads the checklists and their schedules and watches their files. A file that breaks keeps its last good version
 * until it is mended or removed; each problem is logged once, and told where checklists are listed.
 * @throws InputError when something is wrong with them at the beginning.
 */
export async function createChecklists(options: ChecklistsOptions): Promise<WatchedChecklists> {
  const { log, directories, schedulesFile } = options;
  const first = await loadChecklists(options);
  let checklists = first.all();
  let scheduled = { schedules: first.schedules(), scheduleDefaults: first.scheduleDefaults() };
  let problems: readonly Problem[] = [];
  const watcher = await watchFiles({
    folders: directories.map((directory) => join(directory, CHECKLIST_FOLDER)),
    files: [schedulesFile],
    log,
    async onChange() {
      const read = await readChecklists(options);
      const before = JSON.stringify([checklists, scheduled]);
      checklists = withLastGood(checklists, { loaded: read.checklists, names: read.names });
      scheduled = read.scheduled ?? scheduled;
      const message = 'a checklist cannot be used as it is';
      logNewProblems(log, { before: problems, now: read.problems, message });
      problems = read.problems;
      const names = checklists.map(({ name }) => name).join(', ');
      if (before !== JSON.stringify([checklists, scheduled]))
        log.info({ checklists: names, schedules: scheduled.schedules.length }, 'checklists changed');
    },
  });
  return {
    all: () => checklists,
    schedules: () => scheduled.schedules,
    scheduleDefaults: () => scheduled.scheduleDefaults,
    problems: () => problems,
    close: () => watcher.close(),
  };
}
