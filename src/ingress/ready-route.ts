import type { ServerResponse } from 'node:http';
import { PerfbotError } from '../core/errors.ts';
import { sendText } from './respond.ts';
import { within } from './within.ts';

/** One thing that perfbot needs. `check` fails when it is not there; a text it answers stands in place of `ok`. */
export interface ReadyCheck {
  /** One word: `database`, `queue`, `slack`. */
  readonly name: string;
  check(): Promise<unknown>;
}

/** Answers `/readyz`: one line for each dependency, 503 when one fails. All are asked at once. */
export async function sendReadiness(
  response: ServerResponse,
  checks: readonly ReadyCheck[],
  timeoutMs: number,
): Promise<void> {
  const results = await Promise.all(
    checks.map(async (item) => {
      const { name } = item;
      try {
        const answer = await within(timeoutMs, item.check());
        return { ready: true, line: `${name} ${typeof answer === 'string' ? answer : 'ok'}` };
      } catch (error) {
        return { ready: false, line: `${name} failed: ${reasonOf(error)}` };
      }
    }),
  );
  const text = results.map(({ line }) => `${line.replace(/\s+/g, ' ')}\n`).join('');
  sendText(response, results.every(({ ready }) => ready) ? 200 : 503, text);
}

/** Messages of foreign errors may hold addresses and secrets; they are for the log. */
function reasonOf(error: unknown): string {
  if (error instanceof PerfbotError) return [error.userMessage, error.mend].filter(Boolean).join(' ');
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'internal error';
}
