import type { Inventory } from '../ports/inventory.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Database } from '../ports/stores.ts';
import { groupAlerts } from './group-alerts.ts';
import { type HandleGroupOptions, handleGroup } from './handle-group.ts';
import { type Dropped, type DropReason, pipeline } from './pipeline.ts';
import { deduplicateStage } from './stages/deduplicate.ts';

export interface HandleDeliveryOptions extends HandleGroupOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly queue: JobQueue;
}

/** The alert path: every stage in its order. */
const STAGES = pipeline([deduplicateStage]);

/**
 * Brings the alerts of a stored delivery to their groups, starts runs and updates messages, all or nothing. Repeatable.
 * Deliveries of one group that came before and wait come first: the end of an alert must not overtake its beginning.
 */
export function handleDelivery(options: HandleDeliveryOptions): (deliveryId: string) => Promise<void> {
  const { database, queue, log } = options;
  return async (deliveryId) => {
    for (const earlier of await database.alerts.earlier(deliveryId)) {
      await handleOne(options, earlier).catch((error: unknown) => {
        log.error(
          { err: error, deliveryId: earlier },
          'an earlier delivery cannot be handled; going on without it',
        );
      });
    }
    await handleOne(options, deliveryId);
    await queue.enqueue('deliver', {});
  };
}

async function handleOne(options: HandleDeliveryOptions, deliveryId: string): Promise<void> {
  const { database, inventory, queue, now, log, onDrop } = options;
  const services = await inventory.services();
  const runIds = await database.transaction(async (stores) => {
    const delivery = await stores.alerts.lockDelivery(deliveryId);
    if (delivery === undefined || delivery.handled) return [];
    const { alerts, dropped } = STAGES(delivery.alerts);
    for (const [reason, count] of countReasons(dropped)) {
      log.info({ deliveryId, reason, count }, 'alerts dropped');
      onDrop(reason, count);
    }
    const started: string[] = [];
    // In the same order everywhere, so that two deliveries with the same groups never wait for each other.
    const groups = [...groupAlerts(delivery, alerts)].sort((a, b) => (a.identity < b.identity ? -1 : 1));
    for (const incoming of groups) {
      const runId = await handleGroup(options, stores, { delivery, incoming, services });
      if (runId !== undefined) started.push(runId);
    }
    await stores.alerts.markHandled(deliveryId, now());
    return started;
  });
  for (const runId of runIds) await queue.enqueue('start_run', { runId }, { key: runId });
}

function countReasons(dropped: readonly Dropped[]): ReadonlyMap<DropReason, number> {
  const counts = new Map<DropReason, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
