import { LogLevel, type Logger as SlackLogger, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from '../engine/ports/runtime.ts';

const TIMEOUT_MS = 10_000;

/**
 * Options for a client that never repeats a call by itself: a repeated post is a second message.
 * A fresh object each time, for the SDK writes into it.
 */
export function clientOptions(apiUrl: string, log: Logger): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
    rejectRateLimitedCalls: true,
    logger: toSlackLogger(log),
    logLevel: LogLevel.WARN,
  };
}

/** A Web API client for the messenger. `apiUrl` ends in `/api/`. */
export function createSlackClient(options: { botToken: string; apiUrl: string; log: Logger }): WebClient {
  return new WebClient(options.botToken, clientOptions(options.apiUrl, options.log));
}

/** The SDK's log lines in our log; it would print them to standard output. */
export function toSlackLogger(log: Logger): SlackLogger {
  const text = (parts: readonly unknown[]) => ({ slack: parts.map(String).join(' ').slice(0, 2_000) });
  return {
    debug: (...parts) => log.debug(text(parts), 'Slack SDK'),
    info: (...parts) => log.debug(text(parts), 'Slack SDK'),
    warn: (...parts) => log.warn(text(parts), 'Slack SDK'),
    error: (...parts) => log.error(text(parts), 'Slack SDK'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
