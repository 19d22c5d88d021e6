import type { Problem } from '../core/errors.ts';
import type { Logger } from '../engine/ports/runtime.ts';

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

/** Logs each problem that was not there before. */
export function logNewProblems(
  log: Logger,
  {
    before,
    now,
    message,
  }: { readonly before: readonly Problem[]; readonly now: readonly Problem[]; readonly message: string },
): void {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  for (const problem of now) {
    if (!known.has(JSON.stringify(problem))) log.warn({ ...problem }, message);
  }
}
