import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InputError, type Problem } from '../core/errors.ts';
import {
  type LoadProfile,
  LoadProfileFile,
  sizeProblem,
  toLoadProfile,
} from '../core/loadtest/load-profile.ts';
import { parseFile } from './parse-file.ts';
import { yamlFilesOf } from './yaml-files.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
const FOLDER = 'loadtests';

/** Reads the profiles in `loadtests/` below each folder once, by name; a later folder wins. @throws InputError with every problem of every file. */
export async function loadLoadProfiles(
  directories: readonly string[],
): Promise<ReadonlyMap<string, LoadProfile>> {
  const profiles = new Map<string, LoadProfile>();
  const problems: Problem[] = [];
  for (const directory of directories) {
    for (const file of await yamlFilesOf(join(directory, FOLDER))) {
      const parsed = parseLoadProfile(file, await readFile(file, 'utf8'));
      problems.push(...parsed.problems);
      if (parsed.profile) profiles.set(parsed.profile.name, parsed.profile);
    }
  }
  if (problems.length > 0)
    throw new InputError(`${problems.length} problem(s) in the load profiles`, problems);
  return profiles;
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
