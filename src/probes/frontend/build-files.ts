import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const LARGEST_FILE_BYTES = 10 * 1024 * 1024;
const MOST_BYTES = 100 * 1024 * 1024;
const MOST_FILES = 500;
const compress = promisify(gzip);

/** The files of one build. Nothing outside of its directory is read, whatever names and links say. */
export interface BuildFiles {
  /** Text of a file, or undefined when it is not there, too large, or elsewhere. */
  read(path: string): Promise<string | undefined>;
  /** Size of a file in gzip, or undefined; each is compressed once. */
  gzipBytes(path: string): Promise<number | undefined>;
}

/** Opens a directory; undefined when it cannot be read. */
export async function openBuild(directory: string): Promise<BuildFiles | undefined> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return undefined;
  const sizes = new Map<string, number | undefined>();
  let bytesLeft = MOST_BYTES;
  return {
    read: async (path) => (await readInside(root, path, LARGEST_FILE_BYTES))?.toString('utf8'),
    async gzipBytes(path) {
      if (sizes.has(path)) return sizes.get(path);
      if (sizes.size >= MOST_FILES) return undefined;
      const content = await readInside(root, path, Math.min(LARGEST_FILE_BYTES, bytesLeft));
      bytesLeft -= content?.length ?? 0;
      const size = content && (await compress(content)).length;
      sizes.set(path, size);
      return size;
    },
  };
}

async function readInside(root: string, path: string, mostBytes: number): Promise<Buffer | undefined> {
  try {
    const file = await realpath(join(root, path));
    if (!file.startsWith(root + sep)) return undefined;
    const found = await stat(file);
    return found.isFile() && found.size <= mostBytes ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}
