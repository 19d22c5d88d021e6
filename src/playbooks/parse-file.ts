import { basename, extname } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from '../core/errors.ts';
import { lineOf } from './parse-playbook.ts';

const MOST_ALIASES = 50;
const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;

/** A value that keeps its schema, or everything that is wrong with the text; each problem has its line. Pure. */
export type ParsedFile<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: undefined; readonly problems: readonly Problem[] };

/** Reads a YAML file against a schema. */
export function parseFile<T>(
  { file, text }: { readonly file: string; readonly text: string },
  schema: z.ZodType<T>,
): ParsedFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({
      file,
      path: '',
      line: lines.linePos(pos[0]).line,
      message: message.split('\n')[0] ?? message,
    }));
    return { value: undefined, problems };
  }
  const content = toValue(() => document.toJS({ maxAliasCount: MOST_ALIASES }));
  const parsed = schema.safeParse(content);
  if (parsed.success) return { value: parsed.data, problems: [] };
  return {
    value: undefined,
    problems: parsed.error.issues.map(({ path, message }) => ({
      file,
      path: path.map(String).join('.'),
      line: lineOf(document, lines, path),
      message,
    })),
  };
}

/** Reads a YAML file that is named after the `what` in it. Pure. */
export function parseNamedFile<T>(
  { file, text, what }: { readonly file: string; readonly text: string; readonly what: string },
  schema: z.ZodType<T>,
): ParsedFile<T> & { readonly name: string } {
  const name = basename(file, extname(file));
  if (NAME.test(name)) return { name, ...parseFile({ file, text }, schema) };
  const message = `the file name is the name of the ${what}: lower-case letters, digits and -, at most 50`;
  return { name, value: undefined, problems: [{ file, path: '', line: 1, message }] };
}

/** Aliases that unfold to too much count as an empty file. */
function toValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
