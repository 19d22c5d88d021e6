import { setTimeout as sleep } from 'node:timers/promises';
import { WebAPIPlatformError } from '@slack/web-api';
import { PerfbotError } from '../../core/errors.ts';
import type { Logger } from '../../engine/ports/runtime.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Answers of `auth.test` and `apps.connections.open` that trying again does not change. */
const FINAL = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
]);

/**
 * Connects, again and again with growing pauses while Slack cannot be reached.
 * @throws PerfbotError `unauthorized` when Slack refuses the token; what `signal` was aborted with.
 */
export async function connectWithPatience(
  connect: () => Promise<void>,
  { signal, log }: { signal: AbortSignal; log: Logger },
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      await connect();
      return;
    } catch (error) {
      if (error instanceof WebAPIPlatformError && FINAL.has(error.data.error)) throw refused(error);
      log.warn({ err: error, pauseMs }, 'cannot connect to Slack, trying again');
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

function refused(error: WebAPIPlatformError): PerfbotError {
  return new PerfbotError('unauthorized', `Slack refused the token: ${error.data.error}`, {
    userMessage: `Slack does not accept the token (${error.data.error}).`,
    mend: 'Install the app again and set SLACK_BOT_TOKEN (and in Socket Mode SLACK_APP_TOKEN) anew.',
    cause: error,
  });
}
