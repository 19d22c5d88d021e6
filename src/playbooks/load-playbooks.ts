import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Problem } from '../core/errors.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import type { ProbeCatalogue } from './catalogue.ts';
import { parsePlaybook } from './parse-playbook.ts';

export interface PlaybookSource {
  /** A playbook in a later folder takes the place of one with the same name in an earlier folder. */
  readonly directories: readonly string[];
  readonly catalogue: ProbeCatalogue;
}

export interface LoadedPlaybooks {
  /** By name. */
  readonly playbooks: readonly Playbook[];
  readonly problems: readonly Problem[];
  /** Names of all files, also of broken ones. */
  readonly names: readonly string[];
}

const ENDINGS = ['.yml', '.yaml'];
const LARGEST_FILE_BYTES = 400_000;

/** Reads all playbooks of the folders. Never rejects: what cannot be read is a problem. */
export async function loadPlaybooks({ directories, catalogue }: PlaybookSource): Promise<LoadedPlaybooks> {
  const playbooks = new Map<string, Playbook>();
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const directory of directories) {
    const listed = await listFiles(directory);
    problems.push(...listed.problems);
    const seen = new Map<string, string>();
    for (const file of listed.files) {
      const name = basename(file, extname(file));
      const twin = seen.get(name);
      seen.set(name, file);
      names.add(name);
      if (twin !== undefined) {
        problems.push({ file, path: '', message: `${twin} has the same name; keep one of the two` });
        continue;
      }
      const text = await readText(file);
      const parsed =
        typeof text === 'string'
          ? parsePlaybook({ file, name, text }, catalogue)
          : { playbook: undefined, problems: [text] };
      problems.push(...parsed.problems);
      if (parsed.playbook) playbooks.set(name, parsed.playbook);
    }
  }
  return { playbooks: [...playbooks.values()].sort(byName), problems, names: [...names] };
}

function byName(a: Playbook, b: Playbook): number {
  return a.name.localeCompare(b.name);
}

async function listFiles(
  directory: string,
): Promise<{ readonly files: readonly string[]; readonly problems: readonly Problem[] }> {
  try {
    const names = await readdir(directory);
    const files = names.filter((name) => ENDINGS.includes(extname(name)) && !name.startsWith('.')).sort();
    return { files: files.map((name) => join(directory, name)), problems: [] };
  } catch (error) {
    return {
      files: [],
      problems: [{ file: directory, path: '', message: `the folder cannot be read (${codeOf(error)})` }],
    };
  }
}

async function readText(file: string): Promise<string | Problem> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE_BYTES)
      return { file, path: '', message: `the file is larger than ${LARGEST_FILE_BYTES} bytes` };
    return await readFile(file, 'utf8');
  } catch (error) {
    return { file, path: '', message: `the file cannot be read (${codeOf(error)})` };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
