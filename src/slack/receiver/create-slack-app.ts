import type { RequestListener } from 'node:http';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { PerfbotError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../engine/ports/runtime.ts';
import { clientOptions, toSlackLogger } from '../slack-client.ts';
import { ANSWER_WITHIN_MS } from './answer-command.ts';
import { connectWithPatience } from './connect.ts';
import { createDedupe, type Dedupe } from './dedupe.ts';
import type { SlackHandlers } from './handlers.ts';
import { createInFlight } from './in-flight.ts';
import { registerListeners } from './register-listeners.ts';
import { guardedListener } from './request-listener.ts';

const EVENTS_PATH = '/slack/events';
const BODY_LIMIT = '1mb';
const DRAIN_MS = 5_000;
const LAST_ANSWERS_MS = 2_500;

export interface SlackAppOptions {
  readonly botToken: string;
  /** HTTP mode. */
  readonly signingSecret?: string;
  /** Socket Mode; wins when both are set. */
  readonly appToken?: string;
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  readonly handlers: SlackHandlers;
  readonly log: Logger;
  readonly now: Clock;
  /** Default: in memory. */
  readonly dedupe?: Dedupe;
  /** Default `/perf`. */
  readonly command?: string;
  /** A slower command gets "Working on it" first. Default 2000 ms; Slack waits 3000. */
  readonly answerWithinMs?: number;
}

export interface SlackApp {
  readonly mode: 'socket' | 'http';
  /** For `POST /slack/events`; in Socket Mode it answers 404. */
  readonly requestListener: RequestListener;
  /** Resolves when connected, however long Slack is away. @throws PerfbotError when Slack refuses the token. */
  start(): Promise<void>;
  ready(): boolean;
  /** Takes nothing new, then waits for what is under way (at most `drainMs`, default 5000). */
  close(options?: { drainMs?: number }): Promise<void>;
}

/** Receives commands and presses from Slack, over HTTP or Socket Mode. Nothing happens before `start`. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { log, now, dedupe = createDedupe({ now }), command = '/perf' } = options;
  const receiver = createReceiver(options);
  const app = new App({
    receiver,
    token: options.botToken,
    convoStore: false,
    deferInitialization: true,
    clientOptions: clientOptions(options.apiUrl, log),
    logger: toSlackLogger(log),
    logLevel: LogLevel.WARN,
  });
  const inFlight = createInFlight();
  const answerWithinMs = options.answerWithinMs ?? ANSWER_WITHIN_MS;
  registerListeners({ app, handlers: options.handlers, log, dedupe, inFlight, command, answerWithinMs });
  const stopping = new AbortController();
  let connected = false;
  const ready = () => connected && !stopping.signal.aborted;
  return {
    mode: receiver instanceof SocketModeReceiver ? 'socket' : 'http',
    requestListener: guardedListener({
      listener: receiver instanceof HTTPReceiver ? receiver.requestListener : notHere,
      ready: () => ready() || !(receiver instanceof HTTPReceiver),
      now,
      log,
    }),
    ready,
    async start() {
      const patience = { signal: stopping.signal, log };
      await connectWithPatience(() => app.init(), patience);
      if (receiver instanceof SocketModeReceiver) {
        await connectWithPatience(async () => void (await receiver.start()), patience);
      }
      connected = true;
    },
    async close({ drainMs = DRAIN_MS } = {}) {
      stopping.abort(new PerfbotError('cancelled', 'the Slack app was closed'));
      if (receiver instanceof SocketModeReceiver) {
        // What is being answered needs the socket for its answer.
        await inFlight.drain(Math.min(LAST_ANSWERS_MS, drainMs));
        await receiver.stop();
      }
      const left = await inFlight.drain(drainMs);
      if (left > 0) log.warn({ left }, 'Slack requests were still under way at the end');
    },
  };
}

function createReceiver({ appToken, signingSecret, apiUrl, log }: SlackAppOptions) {
  const logging = { logger: toSlackLogger(log), logLevel: LogLevel.WARN };
  if (appToken !== undefined) {
    // Its client keeps its own 100 tries: with fewer it never connects again after an outage.
    return new SocketModeReceiver({
      appToken,
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
      ...logging,
    });
  }
  if (signingSecret === undefined || signingSecret === '') {
    throw new PerfbotError('not_configured', 'neither an app token nor a signing secret', {
      userMessage: 'Slack is not configured completely.',
      mend: 'Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside SLACK_BOT_TOKEN.',
    });
  }
  return new HTTPReceiver({ signingSecret, endpoints: EVENTS_PATH, bodyLimit: BODY_LIMIT, ...logging });
}

const notHere: RequestListener = (_request, response) => {
  response.writeHead(404).end();
};
