import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from '../core/errors.ts';
import { lineOf } from './parse-playbook.ts';

const MOST_ALIASES = 50;

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

/** Aliases that unfold to too much count as an empty file. */
function toValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
