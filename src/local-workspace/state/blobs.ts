import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The bytes of uploaded files by file id. */
export interface Blobs {
  put(id: string, bytes: Buffer): Promise<void>;
  get(id: string): Promise<Buffer | undefined>;
}

/** Keeps them in a folder, or in memory without one. Files whose id is not among `known` are removed. */
export async function openBlobs(directory: string | undefined, known: ReadonlySet<string>): Promise<Blobs> {
  if (directory === undefined) return memoryBlobs();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (!known.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
  return {
    async put(id, bytes) {
      const draft = join(directory, `${id}.part`);
      await writeFile(draft, bytes, { mode: 0o600 });
      await rename(draft, join(directory, id));
    },
    async get(id) {
      try {
        return await readFile(join(directory, id));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}

function memoryBlobs(): Blobs {
  const kept = new Map<string, Buffer>();
  return {
    put: async (id, bytes) => void kept.set(id, bytes),
    get: async (id) => kept.get(id),
  };
}
