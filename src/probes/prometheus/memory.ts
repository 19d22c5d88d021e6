interface Question {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** An answer may be so old; 0: it is asked anew. */
  readonly maxAgeMs: number;
}

/** Keeps the last answer to each question: whoever asks every few seconds need not look for names each time. A failure is not kept. */
export function createMemory<T>(): (question: Question, find: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly answer: T }>();
  return async ({ key, at, maxAgeMs }, find) => {
    if (maxAgeMs === 0) return find();
    const last = known.get(key);
    if (last !== undefined && at - last.at < maxAgeMs) return last.answer;
    const answer = await find();
    known.set(key, { at, answer });
    return answer;
  };
}
