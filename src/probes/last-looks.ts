interface Look {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What counters of each target said at the last look: what is rare is counted since then, not in a window of seconds. */
export interface LastLooks<T extends Look> {
  /** The last look at a target, unless it is too old at `at`. */
  recent(targetId: string, at: number): T | undefined;
  keep(targetId: string, look: T): void;
}

/** Keeps the last look at each target for `longestMs`. */
export function createLastLooks<T extends Look>(longestMs: number): LastLooks<T> {
  const looks = new Map<string, T>();
  return {
    recent(targetId, at) {
      const last = looks.get(targetId);
      return last !== undefined && at - last.at <= longestMs ? last : undefined;
    },
    keep(targetId, look) {
      for (const [id, { at }] of looks) if (look.at - at > longestMs) looks.delete(id);
      looks.set(targetId, look);
    },
  };
}
