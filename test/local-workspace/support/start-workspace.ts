import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Logger,
  LogLevel,
  type WebAPIPlatformError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import {
  createLocalWorkspace,
  type LocalWorkspaceOptions,
} from '../../../src/local-workspace/local-workspace.ts';
import type { PostAnswer, WorkspaceState } from '../../../src/local-workspace/protocol.ts';
import { silentLog } from '../../support/silent-log.ts';

export const SECRETS = {
  botToken: 'xoxb-local-test',
  signingSecret: 'signing-secret-of-tests',
  appToken: 'xapp-local-test',
} as const;
export const GENERAL = 'C0GENERAL1';
export const RANDOM = 'C0RANDOM01';

/** The SDK prints every refusal. */
export const quiet: Logger = {
  ...silentLog,
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** The workspace behind a real server, with the real client and the page's requests. */
export async function startWorkspace(options: Partial<LocalWorkspaceOptions> = {}) {
  const workspace = await createLocalWorkspace({
    now: Date.now,
    log: silentLog,
    secrets: SECRETS,
    ...options,
  });
  const server = createServer((request, response) => void workspace.handle(request, response));
  server.on('upgrade', (request, socket, head) => workspace.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const apiUrl = `${base}/local/api/`;
  const client = (token: string = SECRETS.botToken, more: WebClientOptions = {}) =>
    new WebClient(token, {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: quiet,
      ...more,
    });
  return {
    base,
    apiUrl,
    workspace,
    client,
    slack: client(),
    state: async () => (await (await fetch(`${base}/local/state`)).json()) as WorkspaceState,
    post: (path: string, body: unknown) => postAsPage(`${base}/local/${path}`, body),
    async close() {
      await workspace.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type RunningWorkspace = Awaited<ReturnType<typeof startWorkspace>>;

async function postAsPage(url: string, body: unknown): Promise<PostAnswer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-perfbot-page': '1' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as PostAnswer;
}

/** The answer with which the workspace refuses, or undefined when it does not. */
export async function refusal(call: Promise<unknown>): Promise<WebAPIPlatformError['data'] | undefined> {
  return call.then(
    () => undefined,
    (error: WebAPIPlatformError) => error.data,
  );
}

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Uploads bytes without sharing them. */
export async function uploadBytes(
  { slack }: RunningWorkspace,
  filename: string,
  bytes: Buffer,
): Promise<string> {
  const { upload_url, file_id } = await slack.files.getUploadURLExternal({ filename, length: bytes.length });
  const answer = await fetch(upload_url ?? '', { method: 'POST', body: new Uint8Array(bytes) });
  if (!answer.ok) throw new Error(`upload: ${answer.status}`);
  return file_id ?? '';
}
