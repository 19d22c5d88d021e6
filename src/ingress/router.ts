import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AlertRouteOptions, alertRoute } from './alert-route.ts';
import { discardBody } from './read-body.ts';
import { type ReadyCheck, sendReadiness } from './ready-route.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import { sendJson, sendText } from './respond.ts';

/** Serves a request that is not ours: Slack's, or the local workspace's. */
type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What is known of a request when it has ended. `route` is one of few names, never the path itself. */
export interface RequestOutcome {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface RouterOptions extends AlertRouteOptions {
  /** Asked for `/readyz`. */
  readonly checks: readonly ReadyCheck[];
  /** Deadline of each check, milliseconds. Default 2000. */
  readonly checkTimeoutMs?: number;
  /** Serves `/slack/…` (Slack's HTTP mode). */
  readonly slack?: RequestListener | undefined;
  /** Serves every other path (the local workspace). */
  readonly fallback?: RequestListener | undefined;
  /** Answers `/metrics` in Prometheus' text format. */
  metrics?(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Told of every request that has ended. */
  ended?(outcome: RequestOutcome): void;
  /** True from the moment when the server is asked to close. */
  stopping(): boolean;
}

type Handler = (request: IncomingMessage, response: ServerResponse, target: RequestTarget) => unknown;

/** Builds the function that answers every request. It never throws: what goes wrong is logged and answered with 500. */
export function createRouter(
  options: RouterOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const routes = routesOf(options);
  return async (request, response) => {
    const startedAt = performance.now();
    const target = parseRequestTarget(request.url);
    const route = target ? routes.find(({ serves }) => serves(target.path)) : undefined;
    response.once('close', () => {
      options.ended?.({
        route: route?.name ?? 'other',
        method: METHODS.has(request.method ?? '') ? (request.method ?? '') : 'other',
        status: response.statusCode,
        durationMs: performance.now() - startedAt,
      });
    });
    try {
      if (target && route) return void (await route.handle(request, response, target));
      await discardBody(request);
      if (target) sendJson(response, 404, { error: 'there is nothing here' });
      else sendJson(response, 400, { error: 'the request target is not a path' });
    } catch (error) {
      options.log.error({ err: error, route: route?.name }, 'could not answer a request');
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: 'internal error; the log says why' });
    }
  };
}

/** Methods that are counted by name; a client may invent others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Route {
  readonly name: string;
  serves(path: string): boolean;
  readonly handle: Handler;
}

function routesOf(options: RouterOptions): readonly Route[] {
  const { checks, checkTimeoutMs = 2_000, slack, fallback, stopping } = options;
  const is = (path: string) => (candidate: string) => candidate === path;
  const routes: Route[] = [
    {
      name: 'healthz',
      serves: is('/healthz'),
      handle: readOnly((_, response) => sendText(response, 200, 'ok\n')),
    },
    {
      name: 'readyz',
      serves: is('/readyz'),
      handle: readOnly((_, response) =>
        stopping()
          ? sendText(response, 503, 'process stopping\n')
          : sendReadiness(response, checks, checkTimeoutMs),
      ),
    },
    { name: 'alerts', serves: (path) => path.startsWith('/alerts/'), handle: alertRoute(options) },
  ];
  if (options.metrics) {
    const handle = readOnly(async (_, response) => {
      const { body, contentType } = (await options.metrics?.()) ?? { body: '', contentType: 'text/plain' };
      sendText(response, 200, body, contentType);
    });
    routes.push({ name: 'metrics', serves: is('/metrics'), handle });
  }
  if (slack)
    routes.push({ name: 'slack', serves: (path) => path.startsWith('/slack/'), handle: delegate(slack) });
  if (fallback) routes.push({ name: 'workspace', serves: () => true, handle: delegate(fallback) });
  return routes;
}

function readOnly(handle: Handler): Handler {
  return (request, response, target) => {
    if (request.method === 'GET' || request.method === 'HEAD') return handle(request, response, target);
    return sendJson(
      response,
      405,
      { error: `read this with GET, not ${request.method}` },
      { Allow: 'GET, HEAD' },
    );
  };
}

/** Hands a request on with a target of the usual form, so that no listener has to know the others. */
function delegate(listener: RequestListener): Handler {
  return (request, response, target) => {
    request.url = target.url;
    return listener(request, response);
  };
}
