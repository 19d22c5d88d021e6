import { join } from 'node:path';
import {
  type LoadProfile,
  LoadProfileFile,
  sizeProblem,
  toLoadProfile,
} from '../core/loadtest/load-profile.ts';
import type { LoadProfiles } from '../engine/ports/load-profiles.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { parseNamedFile } from './parse-file.ts';
import { namesOf, rereadFiles, withLastGood } from './reread-files.ts';
import { type ParsedNamed, readYamlFiles } from './yaml-files.ts';

const FOLDER = 'loadtests';

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
 * Reads the load profiles, and reads them again when their files change.
 * @throws InputError with every problem of every file when there are some at the beginning.
 */
export async function createLoadProfiles({
  directories,
  log,
}: LoadProfilesOptions): Promise<WatchedLoadProfiles> {
  const folders = directories.map((directory) => join(directory, FOLDER));
  const { current, problems, close } = await rereadFiles<readonly LoadProfile[]>({
    words: ['a load profile', 'load profiles'],
    folders,
    strict: true,
    log,
    async read(before = []) {
      const read = await readYamlFiles(folders, parseLoadProfile);
      return { value: withLastGood(before, read), problems: read.problems };
    },
    describe: (profiles) => ({ profiles: namesOf(profiles) }),
  });
  return {
    names: () => current().map(({ name }) => name),
    get: (name) => current().find((profile) => profile.name === name),
    problems,
    close,
  };
}

/** Reads one profile; its name is that of the file. Pure. */
export function parseLoadProfile(file: string, text: string): ParsedNamed<LoadProfile> {
  const { name, value, problems } = parseNamedFile({ file, text, what: 'profile' }, LoadProfileFile);
  if (value === undefined) return { value, problems };
  const profile = toLoadProfile(name, value);
  const tooMuch = sizeProblem(profile.stages);
  if (tooMuch === undefined) return { value: profile, problems: [] };
  return { value: undefined, problems: [{ file, path: 'config.phases', message: tooMuch }] };
}
