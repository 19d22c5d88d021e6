import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlertBatch } from '../core/alert/alert.ts';
import { InputError, PerfbotError } from '../core/errors.ts';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import type { AlertParser } from './alert-parser.ts';
import { type AlertCredentials, hasSignature, hasToken, isOpen } from './credentials.ts';
import { discardBody, readBody } from './read-body.ts';
import type { RequestTarget } from './request-target.ts';
import { sendJson } from './respond.ts';
import { within } from './within.ts';

const MIB = 1_048_576;
const RETRY_AFTER = { 'Retry-After': '5' } as const;

export interface AlertRouteOptions {
  readonly senders: Readonly<Record<string, AlertParser>>;
  readonly credentials: AlertCredentials;
  /** Stores the alerts durably; resolves only then. */
  accept(batch: AlertBatch): Promise<{ readonly accepted: number; readonly duplicates: number }>;
  /** Told of every delivery that was stored. */
  received?(sender: string, count: { readonly accepted: number; readonly duplicates: number }): void;
  readonly now: Clock;
  readonly log: Logger;
  /** Largest body in bytes. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Deliveries that may be in progress at once. Default 64. */
  readonly maxInFlight?: number;
  /** How long storing may take before the sender is asked to come again, milliseconds. Default 5000. */
  readonly acceptTimeoutMs?: number;
}

/** Handles one delivery: `POST /alerts/<sender>`. */
export type AlertRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  target: RequestTarget,
) => Promise<void>;

/** Builds the route for all senders. Senders drop alerts on any 4xx, so what may pass later is answered with 503. */
export function alertRoute(options: AlertRouteOptions): AlertRoute {
  const { credentials, maxBytes = MIB, maxInFlight = 64 } = options;
  const limited = atMost(maxInFlight);
  return async (request, response, target) => {
    const name = senderOf(target.path);
    const parser = Object.hasOwn(options.senders, name) ? options.senders[name] : undefined;
    if (parser === undefined) return refuse(request, response, unknownSender(name, options.senders));
    const refusal = refusalOf(request, target, credentials);
    if (refusal) return refuse(request, response, refusal);
    const body = await readBody(request, maxBytes);
    if (body.kind === 'aborted') return;
    if (body.kind === 'too_large') return refuse(request, response, tooLarge(maxBytes));
    const trusted = isTrusted(request, target, credentials) || isSigned(request, body.bytes, options);
    if (!trusted) return refuse(request, response, UNAUTHORIZED);
    const begun = await limited(() => deliver({ response, name, parser, bytes: body.bytes, options }));
    if (!begun) return refuse(request, response, BUSY);
  };
}

/** Runs work unless as much as `limit` allows is running already; answers whether it did. */
function atMost(limit: number): (work: () => Promise<void>) => Promise<boolean> {
  let running = 0;
  return async (work) => {
    if (running >= limit) return false;
    running += 1;
    try {
      await work();
      return true;
    } finally {
      running -= 1;
    }
  };
}

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const UNAUTHORIZED: Refusal = {
  status: 401,
  error:
    'a valid credential is missing: Authorization: Bearer <token>, basic auth with the token as password, or ?token=',
  headers: { 'WWW-Authenticate': 'Bearer realm="perfbot"' },
};
const BUSY: Refusal = {
  status: 503,
  error: 'too many deliveries at once; send it again',
  headers: RETRY_AFTER,
};

function tooLarge(maxBytes: number): Refusal {
  return { status: 413, error: `the body is larger than ${maxBytes} bytes` };
}

async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, error, headers }: Refusal,
): Promise<void> {
  await discardBody(request);
  sendJson(response, status, { error }, headers);
}

/** What the headers alone show to be wrong. */
function refusalOf(
  request: IncomingMessage,
  target: RequestTarget,
  credentials: AlertCredentials,
): Refusal | undefined {
  if (request.method !== 'POST' && request.method !== 'PUT') {
    return {
      status: 405,
      error: `send alerts with POST, not ${request.method}`,
      headers: { Allow: 'POST, PUT' },
    };
  }
  if (isOpen(credentials) && isForeignPage(request)) {
    return { status: 403, error: 'web pages of other sites may not send alerts' };
  }
  if (!isTrusted(request, target, credentials) && credentials.hmacSecret === undefined) return UNAUTHORIZED;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return { status: 415, error: `send the body as it is, not with Content-Encoding ${encoding.slice(0, 40)}` };
}

function isTrusted(request: IncomingMessage, target: RequestTarget, credentials: AlertCredentials): boolean {
  return isOpen(credentials) || hasToken(credentials.token, request.headers, target.query);
}

function isSigned(request: IncomingMessage, body: Buffer, { credentials, now }: AlertRouteOptions): boolean {
  return hasSignature(credentials.hmacSecret, { headers: request.headers, body, now: now() });
}

interface Delivery {
  readonly response: ServerResponse;
  readonly name: string;
  readonly parser: AlertParser;
  readonly bytes: Buffer;
  readonly options: AlertRouteOptions;
}

async function deliver({ response, name, parser, bytes, options }: Delivery): Promise<void> {
  try {
    const batch = parser(new TextDecoder('utf-8').decode(bytes), options.now());
    const { accepted, duplicates } = await store(batch, options);
    options.received?.(name, { accepted, duplicates });
    sendJson(response, 202, { accepted, duplicates });
  } catch (error) {
    answerError(error, { response, name, log: options.log });
  }
}

/** A delivery without alerts needs no store. */
async function store(
  batch: AlertBatch,
  { accept, acceptTimeoutMs = 5_000 }: AlertRouteOptions,
): Promise<{ accepted: number; duplicates: number }> {
  if (batch.alerts.length === 0) return { accepted: 0, duplicates: 0 };
  return within(acceptTimeoutMs, accept(batch));
}

function answerError(
  error: unknown,
  { response, name, log }: { readonly response: ServerResponse; readonly name: string; readonly log: Logger },
): void {
  if (error instanceof InputError) {
    log.warn({ sender: name, problems: error.problems.length }, 'refused a body that is not valid');
    const problems = error.problems.map(({ path, message }) => ({ path, message }));
    sendJson(response, 400, { error: error.userMessage, problems });
  } else if (error instanceof PerfbotError && error.retryable) {
    log.error({ err: error, sender: name }, 'cannot store alerts now');
    sendJson(response, 503, { error: 'alerts cannot be stored now; send them again' }, RETRY_AFTER);
  } else {
    log.error({ err: error, sender: name }, 'could not take alerts in');
    sendJson(response, 500, { error: 'alerts could not be taken in; the log says why' });
  }
}

/** Without credentials, a page of another site in the browser of somebody on this machine must not raise alerts. */
function isForeignPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

/** The sender in `/alerts/<sender>`; Prometheus and vmalert add the path of Alertmanager's API. */
function senderOf(path: string): string {
  return path
    .replace(/^\/alerts\//, '')
    .replace(/\/api\/v[12]\/alerts$/, '')
    .replace(/\/+$/, '');
}

function unknownSender(name: string, senders: AlertRouteOptions['senders']): Refusal {
  const known = Object.keys(senders).map((sender) => `/alerts/${sender}`);
  const what = /^[\w-]{1,40}$/.test(name) ? `no route for the sender "${name}"` : 'no such route';
  return { status: 404, error: `${what}; there are ${known.join(', ')} (generic takes any JSON)` };
}
