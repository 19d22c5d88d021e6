/** The session at the root of a wait: it blocks others and waits for nobody. Pid 0 is a prepared transaction. */
export function rootBlocker(
  pid: number,
  blockersOf: ReadonlyMap<number, readonly number[]>,
): number | undefined {
  const seen = new Set<number>([pid]);
  let current = pid;
  for (;;) {
    const blockers: readonly number[] = blockersOf.get(current) ?? [];
    const next = blockers.find((blocker) => !seen.has(blocker));
    if (next === undefined) return current === pid ? blockers[0] : current;
    seen.add(next);
    current = next;
  }
}
