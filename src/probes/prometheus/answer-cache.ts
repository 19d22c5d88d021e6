interface Question {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** An answer may be so old; 0: it is asked anew. */
  readonly maxAgeMs: number;
}

/** What was not there may be there soon: a service that has just started has no metrics yet. */
const EMPTY_FOR_MS = 60_000;

/**
 * Keeps the last answer to each question: whoever asks every few seconds need not look for names each time. An empty
 * answer is kept for a minute at most, a failure not at all.
 */
export function createAnswerCache<T>(
  isEmpty: (answer: T) => boolean,
): (question: Question, find: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly answer: T }>();
  return async ({ key, at, maxAgeMs }, find) => {
    if (maxAgeMs === 0) return find();
    const last = known.get(key);
    const age = last === undefined ? Number.POSITIVE_INFINITY : at - last.at;
    if (last !== undefined && age < (isEmpty(last.answer) ? Math.min(EMPTY_FOR_MS, maxAgeMs) : maxAgeMs))
      return last.answer;
    const answer = await find();
    known.set(key, { at, answer });
    return answer;
  };
}
