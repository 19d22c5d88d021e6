import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { quiet, type RunningWorkspace, SECRETS } from './start-workspace.ts';

/** A real Bolt app over signed HTTP; the listeners are the test's. */
export async function startBoltApp({ apiUrl, workspace }: RunningWorkspace, listen: (app: App) => void) {
  const receiver = new HTTPReceiver({
    signingSecret: SECRETS.signingSecret,
    logger: quiet,
    logLevel: LogLevel.ERROR,
  });
  const app = new App({
    receiver,
    token: SECRETS.botToken,
    convoStore: false,
    deferInitialization: true,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
    logger: quiet,
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  await app.init();
  const headers: NodeJS.Dict<string | string[]>[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    receiver.requestListener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  workspace.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  return {
    app,
    /** Of every request that came. */
    headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type BoltApp = Awaited<ReturnType<typeof startBoltApp>>;
