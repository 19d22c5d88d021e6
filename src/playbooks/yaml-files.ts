import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Problem } from '../core/errors.ts';

const ENDINGS = ['.yml', '.yaml'];

/** What the files of some folders say; a file is named after what stands in it. */
export interface ReadNamed<T> {
  readonly loaded: readonly T[];
  /** Names of all files, also of broken ones. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** One file after `parse`; undefined: it cannot be used. */
export interface ParsedNamed<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/** Reads every YAML file of the folders that are there. A later folder wins. */
export async function readYamlFiles<T extends { readonly name: string }>(
  folders: readonly string[],
  parse: (file: string, text: string) => ParsedNamed<T>,
): Promise<ReadNamed<T>> {
  const loaded = new Map<string, T>();
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const folder of folders) {
    for (const file of await yamlFilesOf(folder)) {
      names.add(basename(file, extname(file)));
      const parsed = parse(file, await readFile(file, 'utf8'));
      problems.push(...parsed.problems);
      if (parsed.value) loaded.set(parsed.value.name, parsed.value);
    }
  }
  return { loaded: [...loaded.values()], names: [...names], problems };
}

/** The YAML files of a folder by name; none when it is not there. */
async function yamlFilesOf(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => ENDINGS.includes(extname(name)) && !name.startsWith('.'))
    .sort()
    .map((name) => join(directory, name));
}
