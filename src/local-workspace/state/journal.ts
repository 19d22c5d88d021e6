import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of JSON in one file. What `append` has returned from survives the death of the process. */
export interface Journal {
  /** What the file held when it was opened; lines that are no JSON (a torn last one) are left out. */
  readonly entries: readonly unknown[];
  append(entry: unknown): void;
  /** Puts these entries in place of the whole file, atomically. */
  rewrite(entries: Iterable<unknown>): void;
  close(): void;
}

/** Opens `journal.jsonl` in the directory, which is made when it is missing. */
export function openJournal(directory: string): Journal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'journal.jsonl');
  const entries = readEntries(path);
  let descriptor: number | undefined;
  const release = () => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  return {
    entries,
    append(entry) {
      descriptor ??= openSync(path, 'a', 0o600);
      writeAll(descriptor, `${JSON.stringify(entry)}\n`);
    },
    rewrite(fresh) {
      release();
      const draft = `${path}.new`;
      const file = openSync(draft, 'w', 0o600);
      try {
        for (const entry of fresh) writeAll(file, `${JSON.stringify(entry)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    },
    close: release,
  };
}

/** A journal for tests and throw-away workspaces. */
export function memoryJournal(): Journal {
  return { entries: [], append() {}, rewrite() {}, close() {} };
}

/** A full disk may take only a part of the line. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function readEntries(path: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
