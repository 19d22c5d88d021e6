import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InputError, type Problem } from '../core/errors.ts';
import {
  type LoadProfile,
  LoadProfileFile,
  sizeProblem,
  toLoadProfile,
} from '../core/loadtest/load-profile.ts';
import type { LoadProfiles } from '../engine/ports/load-profiles.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { logNewProblems, withLastGood } from './last-good.ts';
import { parseFile } from './parse-file.ts';
import { watchFiles } from './watch-files.ts';
import { yamlFilesOf } from './yaml-files.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
const FOLDER = 'loadtests';

interface ReadProfiles {
  readonly profiles: readonly LoadProfile[];
  /** Names of all files, also of broken ones. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

export interface LoadProfilesOptions {
  /** Folders of playbooks; profiles stand in `loadtests/` below each. A later folder wins. */
  readonly directories: readonly string[];
  readonly log: Logger;
}

/** The load profiles, kept up to date while files change. */
export interface WatchedLoadProfiles extends LoadProfiles {
  close(): Promise<void>;
}

/**
 * Reads the load profiles and watches their files. A file that breaks keeps its last good version until it is mended
 * or removed; each problem is logged once.
 * @throws InputError with every problem of every file when there are some at the beginning.
 */
export async function createLoadProfiles({
  directories,
  log,
}: LoadProfilesOptions): Promise<WatchedLoadProfiles> {
  const first = await readProfiles(directories);
  if (first.problems.length > 0)
    throw new InputError(`${first.problems.length} problem(s) in the load profiles`, first.problems);
  let { profiles, problems } = first;
  const watcher = await watchFiles({
    folders: directories.map((directory) => join(directory, FOLDER)),
    log,
    async onChange() {
      const read = await readProfiles(directories);
      const before = JSON.stringify(profiles);
      profiles = withLastGood(profiles, { loaded: read.profiles, names: read.names });
      const message = 'a load profile cannot be used as it is';
      logNewProblems(log, { before: problems, now: read.problems, message });
      problems = read.problems;
      const names = profiles.map(({ name }) => name).join(', ');
      if (before !== JSON.stringify(profiles)) log.info({ profiles: names }, 'load profiles changed');
    },
  });
  return {
    names: () => profiles.map(({ name }) => name),
    get: (name) => profiles.find((profile) => profile.name === name),
    problems: () => problems,
    close: () => watcher.close(),
  };
}

async function readProfiles(directories: readonly string[]): Promise<ReadProfiles> {
  const profiles = new Map<string, LoadProfile>();
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const directory of directories) {
    for (const file of await yamlFilesOf(join(directory, FOLDER))) {
      names.add(basename(file, extname(file)));
      const parsed = parseLoadProfile(file, await readFile(file, 'utf8'));
      problems.push(...parsed.problems);
      if (parsed.profile) profiles.set(parsed.profile.name, parsed.profile);
    }
  }
  return { profiles: [...profiles.values()], names: [...names], problems };
}

/** Reads one profile; its name is that of the file. Pure. */
export function parseLoadProfile(
  file: string,
  text: string,
): { readonly profile: LoadProfile | undefined; readonly problems: readonly Problem[] } {
  const name = basename(file, extname(file));
  if (!NAME.test(name)) {
    const message = 'the file name is the name of the profile: lower-case letters, digits and -, at most 50';
    return { profile: undefined, problems: [{ file, path: '', line: 1, message }] };
  }
  const { value, problems } = parseFile({ file, text }, LoadProfileFile);
  if (value === undefined) return { profile: undefined, problems };
  const profile = toLoadProfile(name, value);
  const tooMuch = sizeProblem(profile.stages);
  if (tooMuch === undefined) return { profile, problems: [] };
  return { profile: undefined, problems: [{ file, path: 'config.phases', message: tooMuch }] };
}
