import type { Turns } from './ports/turns.ts';

/** Turns for a process that is alone with its run; it knows of no other process. */
export function localTurns(): Turns {
  const taken = new Set<string>();
  const lost = new AbortController().signal;
  return {
    async take(targetId) {
      if (taken.has(targetId)) return undefined;
      taken.add(targetId);
      return {
        lost,
        async release() {
          taken.delete(targetId);
        },
      };
    },
  };
}
