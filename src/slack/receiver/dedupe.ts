import type { Clock } from '../../engine/ports/runtime.ts';

/** Remembers what was handled: Slack and people who record requests send the same one again. */
export interface Dedupe {
  /** True exactly once for an id within the time it is remembered. */
  first(id: string): boolean | Promise<boolean>;
}

/** In memory, for one process. Default: an hour, 20,000 ids; a signed request is too old after five minutes. */
export function createDedupe(options: { now: Clock; ttlMs?: number; max?: number }): Dedupe {
  const { now, ttlMs = 3_600_000, max = 20_000 } = options;
  const seen = new Map<string, number>();
  return {
    first(id) {
      const at = now();
      // Ids stand in the order of their arrival, so the old ones are in front.
      for (const [old, arrived] of seen) {
        if (at - arrived < ttlMs && seen.size < max) break;
        seen.delete(old);
      }
      if (seen.has(id)) return false;
      seen.set(id, at);
      return true;
    },
  };
}
