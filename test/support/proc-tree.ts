import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A small `/proc` (or cgroup) tree in a temporary directory. */
export interface ProcTree {
  readonly root: string;
  /** Writes or replaces files by path below the root. */
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

/** Makes a tree with these files. */
export function createProcTree(files: Readonly<Record<string, string>>): ProcTree {
  const root = mkdtempSync(join(tmpdir(), 'perfbot-proc-'));
  const write = (entries: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(entries)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}
