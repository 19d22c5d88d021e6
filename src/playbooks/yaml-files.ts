import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

const ENDINGS = ['.yml', '.yaml'];

/** The YAML files of a folder by name; none when it is not there. */
export async function yamlFilesOf(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => ENDINGS.includes(extname(name)) && !name.startsWith('.'))
    .sort()
    .map((name) => join(directory, name));
}
