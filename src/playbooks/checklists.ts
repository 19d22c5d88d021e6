import { join } from 'node:path';
import type { Checklist } from '../core/checklist/checklist.ts';
import type { Checklists } from '../engine/ports/checklists.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import {
  CHECKLIST_FOLDER,
  type ChecklistsSource,
  readChecklists,
  type Scheduled,
  unscheduled,
} from './load-checklists.ts';
import { namesOf, rereadFiles, withLastGood } from './reread-files.ts';

export interface ChecklistsOptions extends ChecklistsSource {
  readonly log: Logger;
}

/** The checklists and their schedules, kept up to date while files change. */
export interface WatchedChecklists extends Checklists {
  close(): Promise<void>;
}

/**
 * Reads the checklists and their schedules, and reads them again when their files change.
 * @throws InputError when something is wrong with them at the beginning.
 */
export async function createChecklists(options: ChecklistsOptions): Promise<WatchedChecklists> {
  const { log, directories, schedulesFile } = options;
  const { current, problems, close } = await rereadFiles<Scheduled & { checklists: readonly Checklist[] }>({
    words: ['a checklist', 'checklists'],
    folders: directories.map((directory) => join(directory, CHECKLIST_FOLDER)),
    files: [schedulesFile],
    strict: true,
    log,
    async read(before = { checklists: [], ...unscheduled(options) }) {
      const { checklists, scheduled, problems: found } = await readChecklists(options);
      const value = {
        ...before,
        ...scheduled,
        checklists: withLastGood(before.checklists, checklists),
      };
      return { value, problems: found };
    },
    describe: ({ checklists, schedules }) => ({
      checklists: namesOf(checklists),
      schedules: schedules.length,
    }),
  });
  return {
    all: () => current().checklists,
    schedules: () => current().schedules,
    scheduleDefaults: () => current().scheduleDefaults,
    problems,
    close,
  };
}
