import type { Config } from '../config.ts';
import { PerfbotError } from '../core/errors.ts';
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

/** What nobody has tried to look at for so long is not in the inventory any more; some are looked at once an hour. */
const STALE_WITHIN_MS = 2 * 60 * 60_000;

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
  metrics.watchStale(() => database.monitor.staleTargets(now() - STALE_WITHIN_MS));
  return createHttpServer({
    ...config.http,
    senders: front ? SENDERS : {},
    credentials: config.alerts,
    accept: acceptAlerts({ alerts: database.alerts, queue, newId, now, log, redact }),
    received: (sender, count) => metrics.alertsReceived(sender, count),
    checks: [
      { name: 'database', check: () => answers(database.ping()) },
      { name: 'queue', check: () => answers(queue.ping()) },
      { name: 'slack', check: () => connected(chat) },
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

/** A check fails by throwing; nothing more to say means `ok`. */
async function answers(ping: Promise<void>): Promise<undefined> {
  await ping;
  return undefined;
}

async function connected(chat: Chat): Promise<undefined> {
  if (!chat.ready()) throw new PerfbotError('unreachable', 'not connected', { userMessage: 'not connected' });
  return undefined;
}
