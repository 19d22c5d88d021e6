import type { Config } from '../config.ts';
import type { Messenger } from '../engine/ports/message.ts';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import { createMessenger } from '../slack/messenger/create-messenger.ts';
import { createSlackApp, type SlackApp } from '../slack/receiver/create-slack-app.ts';
import type { SlackHandlers } from '../slack/receiver/handlers.ts';
import { createSlackClient } from '../slack/slack-client.ts';

const SLACK_API_URL = 'https://slack.com/api/';

/** How to reach Slack, or the local workspace that stands in for it. */
export interface SlackAccess {
  readonly botToken: string;
  readonly apiUrl: string;
  readonly signingSecret?: string;
  readonly appToken?: string;
}

/** The configured Slack, or undefined: then the local workspace stands in. */
export function slackAccess({ slack }: Config): SlackAccess | undefined {
  if (slack === undefined) return undefined;
  const mode =
    slack.mode.kind === 'socket'
      ? { appToken: slack.mode.appToken }
      : { signingSecret: slack.mode.signingSecret };
  return { botToken: slack.botToken, apiUrl: slack.apiUrl ?? SLACK_API_URL, ...mode };
}

/** Sends to Slack. */
export function openMessenger({ botToken, apiUrl }: SlackAccess, log: Logger): Messenger {
  return createMessenger({ client: createSlackClient({ botToken, apiUrl, log }) });
}

/** Receives from Slack. */
export function openReceiver(
  access: SlackAccess,
  { handlers, log, now }: { readonly handlers: SlackHandlers; readonly log: Logger; readonly now: Clock },
): SlackApp {
  return createSlackApp({ ...access, handlers, log, now });
}
