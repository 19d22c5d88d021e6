import type { Config } from '../config.ts';
import type { Redact } from '../core/redact.ts';
import { acceptAlerts } from '../engine/alerts/accept-alerts.ts';
import type { Clock, Logger, NewId } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import { createHttpServer, type HttpServer } from '../ingress/http-server.ts';
import type { Metrics } from '../ingress/metrics.ts';
import { SENDERS } from '../ingress/senders.ts';
import type { BullJobQueue } from '../queue/job-queue.ts';
import type { Chat } from './chat.ts';

export interface WebOptions {
  readonly config: Config;
  readonly database: Database;
  readonly queue: BullJobQueue;
  readonly metrics: Metrics;
  readonly chat: Chat;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
  readonly redact: Redact;
}

/** Opens the HTTP port. A worker takes no alerts and no Slack requests; it only says how it is. */
export function openWeb({
  config,
  database,
  queue,
  metrics,
  chat,
  newId,
  now,
  log,
  redact,
}: WebOptions): Promise<HttpServer> {
  const front = config.role !== 'worker';
  metrics.watchQueues(async () =>
    Object.fromEntries(
      (await queue.depths()).map((depth) => [depth.queue, depth.waiting + depth.active + depth.delayed]),
    ),
  );
  return createHttpServer({
    ...config.http,
    senders: front ? SENDERS : {},
    credentials: config.alerts,
    accept: acceptAlerts({ alerts: database.alerts, queue, newId, now, log, redact }),
    received: (sender, count) => metrics.alertsReceived(sender, count),
    checks: [
      { name: 'database', check: () => outcome(() => database.ping()) },
      { name: 'queue', check: () => outcome(() => queue.ping()) },
      { name: 'slack', check: async () => (chat.ready() ? undefined : 'not connected') },
    ],
    slack: front ? chat.slackListener : undefined,
    fallback: front ? chat.fallback : undefined,
    upgrade: (request, socket, head) => chat.upgrade(request, socket, head),
    metrics: () => metrics.render(),
    ended: (request) => metrics.requestEnded(request),
    now,
    log,
  });
}

/** Undefined when it works, else why not. */
async function outcome(check: () => Promise<void>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
