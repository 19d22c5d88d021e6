import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMultipart, originOf, parseFields, parseMultipart, readBody, sendJson, urlOf } from '../http.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Workspace } from '../state/workspace.ts';
import { CHAT_METHODS } from './chat-methods.ts';
import { CONVERSATION_METHODS } from './conversation-methods.ts';
import { FILE_METHODS } from './file-methods.ts';
import type { Answer, CallContext, Method } from './method.ts';
import { REACTION_METHODS } from './reaction-methods.ts';
import { SlackRefusal } from './refusal.ts';
import { TEAM_METHODS } from './team-methods.ts';
import { VIEW_METHODS } from './view-methods.ts';

/** Slack works on a file for a while after it was shared. */
const PROCESSING_MS = 150;
const WITHOUT_TOKEN = ['api.test', 'blocks.validate'];
const WITH_APP_TOKEN = ['apps.connections.open'];

export interface WebApiOptions {
  readonly workspace: Workspace;
  readonly misbehaviour: Misbehaviour;
  readonly secrets: { readonly botToken: string; readonly appToken: string };
  /** `apps.connections.open`: the path of a websocket address. */
  readonly openSocket: () => string;
  /** Hears the address under which a caller with a right token reached us. */
  readonly reachedAt: (origin: string) => void;
}

/** Answers `/local/api/<method>` as Slack does: JSON, and status 200 also for refusals. */
export function createWebApi(options: WebApiOptions) {
  const methods: Readonly<Record<string, Method>> = {
    ...CHAT_METHODS,
    ...CONVERSATION_METHODS,
    ...FILE_METHODS,
    ...REACTION_METHODS,
    ...TEAM_METHODS,
    ...VIEW_METHODS,
    'apps.connections.open': (_args, { origin }) => ({
      url: `${origin.replace(/^http/, 'ws')}${options.openSocket()}`,
    }),
  };
  return async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const args = await argumentsOf(request);
    const { misbehaviour } = options;
    const rule = misbehaviour.take(name, 'rate_limited', 'server_error', 'lost_answer', 'slow');
    if (rule?.kind === 'rate_limited') {
      const headers = { 'retry-after': String(rule.retryAfterSeconds) };
      return sendJson(response, 429, { ok: false, error: 'ratelimited' }, headers);
    }
    if (rule?.kind === 'server_error') {
      return void response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error');
    }
    if (rule?.kind === 'slow') await sleep(rule.delayMs);
    const answer = await call(name, { args, request, methods, options });
    if (rule?.kind === 'lost_answer') return void response.destroy();
    sendJson(response, 200, answer);
  };
}

interface Calling {
  readonly args: Answer | undefined;
  readonly request: IncomingMessage;
  readonly methods: Readonly<Record<string, Method>>;
  readonly options: WebApiOptions;
}

async function call(name: string, { args, request, methods, options }: Calling): Promise<Answer> {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return { ok: false, error: 'unknown_method', req_method: name };
  if (args === undefined) return { ok: false, error: 'invalid_json' };
  const { token, ...given } = args;
  const problem = tokenProblem(name, tokenOf(request, token), options.secrets);
  if (problem !== undefined) return { ok: false, error: problem };
  const { workspace, misbehaviour } = options;
  const origin = originOf(request);
  if (!WITHOUT_TOKEN.includes(name)) options.reachedAt(origin);
  const context: CallContext = {
    workspace,
    origin,
    processingMs: misbehaviour.take(name, 'file_not_ready')?.delayMs ?? PROCESSING_MS,
  };
  try {
    return { ok: true, ...(await method(given, context)) };
  } catch (error) {
    if (error instanceof SlackRefusal) return error.answer;
    workspace.log.error({ err: error, method: name }, 'the local workspace could not answer a call');
    return { ok: false, error: 'internal_error' };
  }
}

function tokenOf(request: IncomingMessage, inBody: unknown): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? (typeof inBody === 'string' ? inBody : '');
}

function tokenProblem(
  name: string,
  token: string,
  { botToken, appToken }: WebApiOptions['secrets'],
): string | undefined {
  if (WITHOUT_TOKEN.includes(name)) return undefined;
  if (token === '') return 'not_authed';
  const [right, other] = WITH_APP_TOKEN.includes(name) ? [appToken, botToken] : [botToken, appToken];
  if (isSame(token, right)) return undefined;
  return isSame(token, other) ? 'not_allowed_token_type' : 'invalid_auth';
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** From the query and the body: a form, JSON, or a multipart form. Undefined: a body that cannot be read. */
async function argumentsOf(request: IncomingMessage): Promise<Answer | undefined> {
  const query = Object.fromEntries(urlOf(request).searchParams);
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  if (body.length === 0) return query;
  try {
    const fields = isMultipart(type) ? await parseMultipart(body, type) : parseFields(body, type);
    return fields && { ...query, ...fields };
  } catch {
    return undefined;
  }
}
