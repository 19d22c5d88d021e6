import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import type { Messenger } from '../engine/ports/message.ts';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import { createLocalWorkspace, type LocalWorkspace } from '../local-workspace/local-workspace.ts';
import type { SlackApp } from '../slack/receiver/create-slack-app.ts';
import type { SlackHandlers } from '../slack/receiver/handlers.ts';
import { openMessenger, openReceiver, type SlackAccess, slackAccess } from './slack.ts';

export interface ChatOptions {
  readonly config: Config;
  readonly handlers: SlackHandlers;
  readonly log: Logger;
  readonly now: Clock;
}

/** Slack, or the local workspace in its place: the same code talks to both. */
export interface Chat {
  /** Serves `/slack/…`. */
  readonly slackListener: RequestListener;
  /** Serves the local workspace; undefined with Slack. */
  readonly fallback: RequestListener | undefined;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  ready(): boolean;
  /** Connects once the HTTP port is open. Slack being away does not hold up the start. */
  connect(url: string): Promise<Messenger>;
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the way to the people. */
export async function openChat({ config, handlers, log, now }: ChatOptions): Promise<Chat> {
  const configured = slackAccess(config);
  const secrets = { botToken: `xoxb-${secret()}`, signingSecret: secret(), appToken: `xapp-${secret()}` };
  let base = '';
  const workspace = configured
    ? undefined
    : await createLocalWorkspace({
        now,
        log,
        secrets,
        hosts: [config.http.host],
        directory: join(config.dataDirectory, 'workspace'),
        sendAlert: (body) => sendAlert(config, base, body),
      });
  let receiver: SlackApp | undefined;
  return {
    slackListener: (request, response) => {
      if (receiver) receiver.requestListener(request, response);
      else response.writeHead(503, { 'retry-after': '1' }).end();
    },
    fallback: workspace && ((request, response) => void workspace.handle(request, response)),
    upgrade: (request, socket, head) =>
      workspace ? workspace.upgrade(request, socket, head) : socket.destroy(),
    ready: () => receiver?.ready() ?? config.role === 'worker',
    async connect(url) {
      base = url;
      const access: SlackAccess = configured ?? {
        botToken: secrets.botToken,
        signingSecret: secrets.signingSecret,
        apiUrl: `${url}local/api/`,
      };
      workspace?.deliverTo(`${url}slack/events`);
      if (config.role !== 'worker') receiver = await startReceiver(access, { handlers, log, now }, workspace);
      return openMessenger(access, log);
    },
    disconnect: async () => receiver?.close(),
    close: async () => workspace?.close(),
  };
}

/** Waits for the local workspace, which is there at once; Slack may take its time while perfbot already works. */
async function startReceiver(
  access: SlackAccess,
  options: Omit<ChatOptions, 'config'>,
  workspace: LocalWorkspace | undefined,
): Promise<SlackApp> {
  const receiver = openReceiver(access, options);
  const started = receiver.start().catch((error: unknown) => {
    options.log.error({ err: error }, 'Slack refuses perfbot; `perfbot doctor` says why');
  });
  if (workspace) await started;
  return receiver;
}

/** The sample alert comes in as any other: over HTTP, with the credential that senders need. */
async function sendAlert({ alerts }: Config, base: string, body: unknown): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...(alerts.token !== undefined && { authorization: `Bearer ${alerts.token}` }),
  };
  const answer = await fetch(`${base}alerts/alertmanager`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the sample alert was answered with ${answer.status}`);
}

function secret(): string {
  return randomBytes(24).toString('hex');
}
