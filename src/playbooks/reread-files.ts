import { isDeepStrictEqual } from 'node:util';
import { InputError, PerfbotError, type Problem } from '../core/errors.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { watchFiles } from './watch-files.ts';

/** What files say, as far as it can be used, and what is wrong with the rest. */
export interface Reading<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

export interface RereadOptions<T> {
  /** For the log: one of them (`a playbook`), and all (`playbooks`). */
  readonly words: readonly [one: string, all: string];
  /** Folders whose files count; they may come later. */
  readonly folders?: readonly string[];
  /** Single files, there or not. */
  readonly files?: readonly string[];
  /** What is broken at the beginning is an error: there is no good version to keep. Default: a problem. */
  readonly strict?: boolean;
  readonly log: Logger;
  /** Reads the files; of what cannot be used, what stood there `before` stays. When it rejects, all of it stays. */
  read(before: T | undefined): Promise<Reading<T>>;
  /** What the log says when something has changed. */
  describe(value: T): Readonly<Record<string, unknown>>;
  /** Called when something has changed. */
  onChange?(now: T, before: T): void;
}

/** Files that are read again when they change. */
export interface RereadFiles<T> {
  /** What counts now. */
  current(): T;
  /** What is wrong with the files right now; what they said before stays in force. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/**
 * Reads files, and reads them again when they change. What breaks keeps its last good version until it is mended or
 * removed; each problem is logged once, with its place and how to mend it.
 * @throws InputError with every problem when some are there at the beginning and it is strict; what the first `read` throws.
 */
export async function rereadFiles<T>(options: RereadOptions<T>): Promise<RereadFiles<T>> {
  const { words, folders = [], files = [], strict = false, log, read } = options;
  const [one, all] = words;
  let state = await read(undefined);
  if (strict && state.problems.length > 0)
    throw new InputError(`${state.problems.length} problem(s) in the ${all}`, state.problems);
  const tell = (problems: readonly Problem[], known: readonly Problem[]) => {
    for (const problem of problems)
      if (!known.some((other) => isDeepStrictEqual(problem, other)))
        log.warn({ ...problem }, `${one} cannot be used as it is`);
  };
  tell(state.problems, []);
  const watcher = await watchFiles({
    folders,
    files,
    log,
    async onChange() {
      const before = state;
      state = await read(before.value).catch((error: unknown) => ({
        value: before.value,
        problems: toProblems(error, files[0]),
      }));
      tell(state.problems, before.problems);
      if (isDeepStrictEqual(before.value, state.value)) return;
      log.info(options.describe(state.value), `${all} changed`);
      options.onChange?.(state.value, before.value);
    },
  });
  return {
    current: () => state.value,
    problems: () => state.problems,
    close: () => watcher.close(),
  };
}

interface Named {
  readonly name: string;
}

/** What loaded, and the last good version of what did not and still has a file; by name. */
export function withLastGood<T extends Named>(
  before: readonly T[],
  { loaded, names }: { readonly loaded: readonly T[]; readonly names: readonly string[] },
): readonly T[] {
  const kept = before.filter(
    ({ name }) => names.includes(name) && !loaded.some((known) => known.name === name),
  );
  return [...loaded, ...kept].sort((a, b) => a.name.localeCompare(b.name));
}

/** The names of what was read, for the log. */
export function namesOf(all: readonly Named[]): string {
  return all.map(({ name }) => name).join(', ');
}

function toProblems(error: unknown, file: string | undefined): readonly Problem[] {
  if (error instanceof InputError) return error.problems;
  const { code, path = file }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  const place = { ...(path !== undefined && { file: path }), path: '' };
  if (error instanceof PerfbotError)
    return [{ ...place, message: [error.userMessage, error.mend].filter(Boolean).join(' Mend: ') }];
  if (code === undefined) throw error;
  return [{ ...place, message: `cannot be read (${code})` }];
}
