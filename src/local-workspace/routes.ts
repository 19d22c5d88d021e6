import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PerfbotError } from '../core/errors.ts';
import { useResponseUrl } from './delivery/response-urls.ts';
import { parseFields, readBody, sendJson, urlOf } from './http.ts';
import { foreignReason } from './pages/guard.ts';
import type { LiveEvents } from './pages/live-events.ts';
import { sendAsset, sendIndex } from './pages/page-files.ts';
import { answerPage, type PageRequests } from './pages/page-requests.ts';
import { sendFile, takeUpload } from './pages/shared-files.ts';
import { workspaceState } from './pages/workspace-state.ts';
import { SlackRefusal } from './web-api/refusal.ts';

export interface RoutesOptions {
  readonly requests: PageRequests;
  readonly live: LiveEvents;
  readonly webApi: (request: IncomingMessage, response: ServerResponse, method: string) => Promise<void>;
  readonly pageDirectory: string;
  /** Names besides the loopback ones under which the page may be opened. */
  readonly hosts: readonly string[];
  /** Before a page request: its address, in case nobody else has told ours. */
  readonly seenAt: (request: IncomingMessage) => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers every request to the workspace; what goes wrong is logged and answered, never thrown. */
export function createRoutes(options: RoutesOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await route(options, { request, response });
    } catch (error) {
      const known = error instanceof PerfbotError && error.reason === 'invalid_input';
      if (!known)
        options.requests.workspace.log.error({ err: error }, 'the local workspace could not answer');
      if (response.headersSent) response.destroy();
      else if (known)
        sendJson(response, 413, { ok: false, error: error.userMessage }, { connection: 'close' });
      else sendJson(response, 500, { ok: false, error: 'internal_error' });
    }
  };
}

async function route(options: RoutesOptions, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const path = urlOf(request).pathname;
  const local = path.startsWith('/local/') ? path.slice('/local/'.length) : undefined;
  const post = request.method === 'POST';
  if (local?.startsWith('api/')) return options.webApi(request, response, local.slice('api/'.length));
  if (post && local?.startsWith('upload/')) return upload(options, exchange, local.slice('upload/'.length));
  if (post && local?.startsWith('response/'))
    return reply(options, exchange, local.slice('response/'.length));
  const message = pageOfMessage(path);
  if (message !== undefined) return redirect(response, message);
  if (path !== '/' && local === undefined) return nothingHere(response);
  const foreign = foreignReason(request, options.hosts);
  if (foreign !== undefined) return sendJson(response, 403, { ok: false, error: foreign });
  options.seenAt(request);
  if (post) return fromPage(options, exchange, local ?? '');
  if (request.method === 'GET' || request.method === 'HEAD') return toPage(options, response, local);
  sendJson(response, 405, { ok: false, error: 'method not allowed' }, { allow: 'GET, HEAD, POST' });
}

async function toPage(
  options: RoutesOptions,
  response: ServerResponse,
  local: string | undefined,
): Promise<void> {
  const { workspace } = options.requests;
  if (local === undefined) return sendIndex(response, options.pageDirectory);
  if (local === 'state') return sendJson(response, 200, workspaceState(workspace));
  if (local === 'events') return options.live.open(response);
  if (local.startsWith('files/')) return sendFile(workspace, response, local.slice('files/'.length));
  return sendAsset(response, options.pageDirectory, local);
}

async function fromPage(
  options: RoutesOptions,
  { request, response }: Exchange,
  local: string,
): Promise<void> {
  const body = await readBody(request);
  const answer = await answerPage(options.requests, local, parseFields(body, 'application/json') ?? {});
  if (answer === undefined) return nothingHere(response);
  sendJson(response, 200, answer);
}

async function upload(
  { requests }: RoutesOptions,
  { request, response }: Exchange,
  path: string,
): Promise<void> {
  const rule = requests.misbehaviour.take('upload', 'server_error', 'lost_answer', 'slow');
  if (rule?.kind === 'slow') await sleep(rule.delayMs);
  if (rule?.kind === 'server_error') return void response.writeHead(500).end();
  if (rule?.kind === 'lost_answer') return void response.destroy();
  await takeUpload(requests.workspace, { request, response, path });
}

async function reply(
  { requests }: RoutesOptions,
  { request, response }: Exchange,
  id: string,
): Promise<void> {
  const body = parseFields(await readBody(request), request.headers['content-type'] ?? '');
  const rule = requests.misbehaviour.take('response_url', 'server_error', 'lost_answer', 'slow');
  if (rule?.kind === 'slow') await sleep(rule.delayMs);
  if (rule?.kind === 'server_error') return void response.writeHead(500).end();
  const fields = typeof body?.payload === 'string' ? parseFields(Buffer.from(body.payload), 'json') : body;
  const refusal = attempt(() => useResponseUrl(requests.workspace, id, fields ?? {}));
  if (rule?.kind === 'lost_answer') return void response.destroy();
  if (refusal === undefined) return sendJson(response, 200, { ok: true });
  sendJson(response, /_url$/.test(refusal.code) ? 404 : 400, refusal.answer);
}

function attempt(run: () => void): SlackRefusal | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof SlackRefusal) return error;
    throw error;
  }
}

/** Where the page shows a message whose address has the form of Slack's; undefined when it is none. */
function pageOfMessage(path: string): string | undefined {
  const [, channel, seconds, micros] = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(path) ?? [];
  return channel && seconds && micros ? `/?channel=${channel}&ts=${seconds}.${micros}` : undefined;
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'cache-control': 'no-store' }).end();
}

function nothingHere(response: ServerResponse): void {
  sendJson(response, 404, { ok: false, error: 'There is nothing here.' });
}
