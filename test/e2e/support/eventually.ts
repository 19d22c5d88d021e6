/** Far more than an idle machine needs: test files run side by side. */
const DEFAULT_MS = 120_000;

/** Asks until the answer is neither undefined nor false, and gives it. @throws Error that says what was awaited and the last failure. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = DEFAULT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let failure = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      failure = `; last failure: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}${failure}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
