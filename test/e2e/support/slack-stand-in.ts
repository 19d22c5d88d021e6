import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalWorkspace } from '../../../src/local-workspace/local-workspace.ts';
import { silentLog } from '../../support/silent-log.ts';
import { type WorkspaceClient, workspaceClient } from './workspace-client.ts';

/** A Slack outside of perfbot, which outlives it. */
export interface SlackStandIn extends WorkspaceClient {
  /** Environment of a perfbot that talks to it over signed HTTP. */
  readonly env: Readonly<Record<string, string>>;
  /** Where commands and actions are sent. */
  deliverTo(perfbotUrl: string): void;
  close(): Promise<void>;
}

/** Opens the local workspace on a port of its own. */
export async function startSlackStandIn(): Promise<SlackStandIn> {
  const secret = () => randomBytes(12).toString('hex');
  const secrets = { botToken: `xoxb-${secret()}`, signingSecret: secret(), appToken: `xapp-${secret()}` };
  const workspace = await createLocalWorkspace({ now: Date.now, log: silentLog, secrets });
  let perfbotUrl: string | undefined;
  const server = createServer((request, response) => {
    // Requests to perfbot go through here, since the workspace believes that both have one address.
    if (request.url?.startsWith('/slack/')) void forward(perfbotUrl, request, response);
    else void workspace.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  workspace.deliverTo(`${base}slack/events`);
  return {
    ...workspaceClient(base),
    env: {
      SLACK_BOT_TOKEN: secrets.botToken,
      SLACK_SIGNING_SECRET: secrets.signingSecret,
      SLACK_API_URL: `${base}local/api/`,
      PERFBOT_CHANNEL: '#general',
    },
    deliverTo(url) {
      perfbotUrl = url;
    },
    async close() {
      await workspace.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward(
  perfbotUrl: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => /^(x-slack-|content-type$)/.test(name)),
    ) as Record<string, string>;
    const answer = await fetch(new URL(request.url ?? '/', perfbotUrl), {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(body);
  } catch {
    response.destroy();
  }
}
