import type { Problem } from '../core/errors.ts';
import { findCombined } from '../core/playbook/combine.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import { probePlaybook } from '../core/playbook/probe-playbook.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { logNewProblems, withLastGood } from './last-good.ts';
import { type LoadedPlaybooks, loadPlaybooks, type PlaybookSource } from './load-playbooks.ts';
import { watchFiles } from './watch-files.ts';

export interface PlaybooksOptions extends PlaybookSource {
  readonly log: Logger;
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
}: PlaybooksOptions): Promise<WatchedPlaybooks> {
  let current: readonly Playbook[] = [];
  let problems: readonly Problem[] = [];
  // Heavy probes, and those that have to be told something, run in playbooks that say so.
  const alone = catalogue.filter(({ cost, params }) => cost === 'light' && params.safeParse({}).success);
  const find = (name: string) => {
    const probe = alone.find((one) => one.name === name);
    return probe ? probePlaybook(probe, current) : current.find((playbook) => playbook.name === name);
  };
  const take = (loaded: LoadedPlaybooks) => {
    current = withLastGood(current, { loaded: loaded.playbooks, names: loaded.names });
    const message = 'a playbook cannot be used as it is';
    logNewProblems(log, { before: problems, now: loaded.problems, message });
    problems = loaded.problems;
  };
  take(await loadPlaybooks({ directories, catalogue }));

  const watcher = await watchFiles({
    folders: directories,
    log,
    async onChange() {
      const before = current;
      take(await loadPlaybooks({ directories, catalogue }));
      const changed = current.map(({ name }) => name).join(', ');
      if (JSON.stringify(before) !== JSON.stringify(current))
        log.info({ playbooks: changed }, 'playbooks changed');
    },
  });

  return {
    all: () => current,
    get: (name) => findCombined(name, find),
    problems: () => problems,
    close: () => watcher.close(),
  };
}
