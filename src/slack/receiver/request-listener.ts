import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock, Logger } from '../../engine/ports/runtime.ts';

/** Slack allows five minutes; Bolt checks only the past side. */
const MOST_AHEAD_S = 300;

export interface GuardOptions {
  readonly listener: RequestListener;
  /** False while perfbot starts or stops: Slack comes again. */
  readonly ready: () => boolean;
  readonly now: Clock;
  readonly log: Logger;
}

/** Guards Bolt's listener: not ready 503, a time stamp in the future 401, anything it throws 404. */
export function guardedListener({ listener, ready, now, log }: GuardOptions): RequestListener {
  return (request, response) => {
    if (!ready()) return refuse(response, 503, { 'retry-after': '5' });
    if (isAhead(request, now())) {
      log.warn({}, 'refused a Slack request with a time stamp in the future');
      return refuse(response, 401);
    }
    try {
      listener(request, response);
    } catch (error) {
      log.debug({ err: error }, 'a request that is not from Slack');
      refuse(response, 404);
    }
  };
}

function isAhead(request: IncomingMessage, now: number): boolean {
  const stamp = Number(request.headers['x-slack-request-timestamp']);
  return stamp > now / 1000 + MOST_AHEAD_S;
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...headers, connection: 'close' });
  response.end();
}
