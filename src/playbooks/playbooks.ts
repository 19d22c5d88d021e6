import type { Problem } from '../core/errors.ts';
import { findCombined } from '../core/playbook/combine.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import { probePlaybook } from '../core/playbook/probe-playbook.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { loadPlaybooks, type PlaybookSource } from './load-playbooks.ts';
import { namesOf, rereadFiles, withLastGood } from './reread-files.ts';

export interface PlaybooksOptions extends PlaybookSource {
  readonly log: Logger;
}

/** The playbooks of the folders, kept up to date while files change. */
export interface WatchedPlaybooks extends Playbooks {
  /** What is wrong with the files right now. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/** Reads the playbooks, and reads them again when their files change. */
export async function createPlaybooks({
  directories,
  catalogue,
  log,
}: PlaybooksOptions): Promise<WatchedPlaybooks> {
  const { current, problems, close } = await rereadFiles<readonly Playbook[]>({
    words: ['a playbook', 'playbooks'],
    folders: directories,
    log,
    async read(before = []) {
      const { playbooks: loaded, names, problems } = await loadPlaybooks({ directories, catalogue });
      return { value: withLastGood(before, { loaded, names }), problems };
    },
    describe: (playbooks) => ({ playbooks: namesOf(playbooks) }),
  });
  // Heavy probes, and those that have to be told something, run in playbooks that say so.
  const alone = catalogue.filter(({ cost, params }) => cost === 'light' && params.safeParse({}).success);
  const find = (name: string) => {
    const probe = alone.find((one) => one.name === name);
    return probe ? probePlaybook(probe, current()) : current().find((playbook) => playbook.name === name);
  };
  return { all: current, get: (name) => findCombined(name, find), problems, close };
}
