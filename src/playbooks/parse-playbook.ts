import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from '../core/errors.ts';
import { type Playbook, PlaybookDefinition } from '../core/playbook/playbook.ts';
import type { ProbeCatalogue } from './catalogue.ts';
import { checkPlaybook } from './check-playbook.ts';
import { fieldsAt } from './json-schema.ts';
import { suggestion } from './nearest.ts';
import type { PlaybookIssue } from './playbook-issue.ts';

export interface PlaybookFile {
  /** Where it was read, for problems. */
  readonly file: string;
  /** Name of the playbook: that of the file without its ending. */
  readonly name: string;
  readonly text: string;
}

/** A valid playbook, or everything that is wrong with the file; each problem has its line. */
export type ParsedPlaybook =
  | { readonly playbook: Playbook; readonly problems: readonly [] }
  | { readonly playbook: undefined; readonly problems: readonly Problem[] };

/** Far more than any playbook needs; above it a file is not meant to be one. */
const LONGEST_FILE = 100_000;
const MOST_ALIASES = 50;
const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;

/** Reads one playbook file. Pure. */
export function parsePlaybook({ file, name, text }: PlaybookFile, catalogue: ProbeCatalogue): ParsedPlaybook {
  const refuse = (message: string, line = 1): ParsedPlaybook => ({
    playbook: undefined,
    problems: [{ file, path: '', line, message }],
  });
  if (!NAME.test(name))
    return refuse('the file name is the name of the playbook: lower-case letters, digits and -, at most 50');
  if (text.length > LONGEST_FILE) return refuse(`the file is longer than ${LONGEST_FILE} characters`);
  if (text.trim() === '') return refuse('the file is empty');
  if (!/^\uFEFF?#\s*(?!yaml-language-server)\S/.test(text))
    return refuse('the first line must be a comment that says when to use the playbook');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({
      file,
      path: '',
      line: lines.linePos(pos[0]).line,
      message: toAdvice(message),
    }));
    return { playbook: undefined, problems };
  }
  const issues: PlaybookIssue[] = [];
  const value = toValue(document, issues);
  const parsed = issues.length === 0 ? PlaybookDefinition.safeParse(value) : undefined;
  if (parsed && !parsed.success) issues.push(...parsed.error.issues.flatMap(toIssues));
  if (parsed?.success) issues.push(...checkPlaybook(parsed.data, catalogue));
  if (parsed?.success && issues.length === 0) return { playbook: { ...parsed.data, name }, problems: [] };
  return {
    playbook: undefined,
    problems: issues.map((issue) => toProblem(issue, { file, document, lines })),
  };
}

/** Aliases that unfold to more than a few nodes are refused before they unfold. */
function toValue(document: Document, issues: PlaybookIssue[]): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    issues.push({
      path: [],
      message: `aliases unfold to more than ${MOST_ALIASES} nodes or to nothing; write the values out`,
    });
    return undefined;
  }
}

function toAdvice(message: string): string {
  if (/tab/i.test(message)) return 'a tab indents this line; YAML takes spaces only';
  return message.split('\n')[0] ?? message;
}

function toIssues(issue: z.core.$ZodIssue): readonly PlaybookIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(issue.path);
    return issue.keys.map((key) => ({
      path: issue.path,
      onKey: key,
      message: `there is no field "${key}" here.${suggestion(key, known) || ` There are: ${known.join(', ')}.`}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().filter(({ path }) => path.length > 0);
    if (inner.length > 0)
      return inner.map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
  }
  return [{ path: issue.path, message: issue.message }];
}

function toProblem(
  { path, onKey, message }: PlaybookIssue,
  {
    file,
    document,
    lines,
  }: { readonly file: string; readonly document: Document; readonly lines: LineCounter },
): Problem {
  const full = onKey === undefined ? path : [...path, onKey];
  return { file, path: full.map(String).join('.'), line: lineOf(document, lines, full), message };
}

/** Line of the node at a path, or of the nearest one above it that is there. */
export function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isNode(key) && String(key) === String(step))
      : undefined;
    const node = pair ? pair.key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
