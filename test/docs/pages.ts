import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Page {
  /** From the root: `docs/operations.md`. */
  readonly path: string;
  readonly text: string;
}

export interface Example {
  readonly path: string;
  /** The words behind the fence: `yaml services`. */
  readonly kind: string;
  readonly text: string;
}

/** Every page of the documentation. */
export function pages(): readonly Page[] {
  const inDocs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CHANGELOG.md', ...inDocs.map((name) => `docs/${name}`)].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));
}

/** Every fenced example, without the indentation of a list. */
export function examples(): readonly Example[] {
  return pages().flatMap(({ path, text }) =>
    [...text.matchAll(/^( *)```(\S[^\n]*)\n([\s\S]*?)^ *```$/gm)].map(([, indent, kind = '', body = '']) => ({
      path,
      kind,
      text: body.replace(new RegExp(`^${indent}`, 'gm'), ''),
    })),
  );
}

/** Targets of all links and pictures that are not on other servers: `[path of the page, target]`. */
export function links(): readonly (readonly [string, string])[] {
  return pages().flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => [path, target] as const)
      .filter(([, target]) => !/^https?:/.test(target)),
  );
}

/** Names that headings can be linked by, as GitHub makes them. */
export function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** All matches of the first group, with the page they stand on. */
export function mentions(pattern: RegExp): readonly (readonly [string, string])[] {
  return pages().flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([, word = '']) => [path, word] as const),
  );
}
