import type { Alert } from '../../core/alert/alert.ts';
import { findService, namesService, type Service } from '../../core/inventory/service.ts';
import { lookUpServices } from '../look-up-services.ts';
import type { StoredDelivery } from '../ports/alert-store.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { groupAlerts } from './group-alerts.ts';
import { type Changes, type HandleGroupOptions, handleGroup } from './handle-group.ts';
import { type Dropped, type DropReason, pipeline } from './pipeline.ts';
import { deduplicateStage } from './stages/deduplicate.ts';
import { type SilenceStageOptions, silenceStage } from './stages/silence.ts';

export interface HandleDeliveryOptions extends HandleGroupOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly queue: JobQueue;
}

/** Deliveries of one group that are handled together. */
const AT_ONCE = 20;

/** The alert path: every stage in its order. */
const stagesFor = (options: SilenceStageOptions) => pipeline([deduplicateStage, silenceStage(options)]);

/**
 * Brings the alerts of a stored delivery to their groups, starts runs and updates messages, all or nothing. Repeatable.
 * Deliveries of one group that came before and wait come first: the end of an alert must not overtake its beginning.
 * In a storm many of them are handled at once, with one change of each message.
 */
export function handleDelivery(options: HandleDeliveryOptions): (deliveryId: string) => Promise<void> {
  const { database, inventory, queue, log } = options;
  return async (deliveryId) => {
    const alerts = (await database.alerts.delivery(deliveryId))?.alerts ?? [];
    const services = await lookUpServices(inventory, (known) => knowsAll(known, alerts));
    const handle = async (find: (stores: Stores) => Promise<readonly StoredDelivery[]>) => {
      const done = await database.transaction(async (stores) =>
        handleAll(options, stores, { deliveries: await find(stores), services }),
      );
      for (const runId of done.runIds) await queue.enqueue('start_run', { runId }, { key: runId });
      return done.count;
    };
    try {
      while ((await handle((stores) => stores.alerts.lockLane(deliveryId, AT_ONCE))) === AT_ONCE);
    } catch (error) {
      log.warn({ err: error, deliveryId }, 'deliveries are handled one by one, for one of them fails');
      for (const earlier of await database.alerts.earlier(deliveryId)) {
        await handle((stores) => one(stores, earlier)).catch((failure: unknown) => {
          log.error({ err: failure, deliveryId: earlier }, 'an earlier delivery cannot be handled');
        });
      }
      await handle((stores) => one(stores, deliveryId));
    }
    await queue.enqueue('deliver', {});
  };
}

/** True when every service that the alerts name is there. */
function knowsAll(services: readonly Service[], alerts: readonly Alert[]): boolean {
  return alerts.every(({ labels }) => !namesService(labels) || findService(services, labels) !== undefined);
}

async function one(stores: Stores, id: string): Promise<readonly StoredDelivery[]> {
  const delivery = await stores.alerts.lockDelivery(id);
  return delivery === undefined || delivery.handled ? [] : [delivery];
}

async function handleAll(
  options: HandleDeliveryOptions,
  stores: Stores,
  {
    deliveries,
    services,
  }: { readonly deliveries: readonly StoredDelivery[]; readonly services: readonly Service[] },
): Promise<{ readonly count: number; readonly runIds: readonly string[] }> {
  const runIds: string[] = [];
  const changes: Changes = { groups: new Map(), episodes: new Map() };
  const at = options.now();
  const stages = stagesFor({ silences: await stores.silences.active(at), services, at });
  for (const delivery of deliveries) {
    const { alerts, dropped } = stages(delivery.alerts);
    await holdSilenced(stores, { delivery, dropped, at });
    for (const [reason, count] of countReasons(dropped)) {
      options.log.info({ deliveryId: delivery.id, reason, count }, 'alerts dropped');
      options.onDrop(reason, count);
    }
    // In the same order everywhere, so that two deliveries with the same groups never wait for each other.
    const groups = [...groupAlerts(delivery, alerts)].sort((a, b) => (a.identity < b.identity ? -1 : 1));
    for (const incoming of groups) {
      const runId = await handleGroup(options, stores, { delivery, incoming, services, changes });
      if (runId !== undefined) runIds.push(runId);
    }
  }
  for (const { group, urgent } of changes.groups.values()) {
    await stores.groups.save(group);
    await options.cards.group(stores, group, { urgent });
  }
  if (deliveries.length > 0)
    await stores.alerts.markHandled(
      deliveries.map(({ id }) => id),
      options.now(),
    );
  return { count: deliveries.length, runIds };
}

/** Nothing is lost: what is silenced waits for the end of the silence, unless it is over by then. */
async function holdSilenced(
  { silences }: Stores,
  {
    delivery,
    dropped,
    at,
  }: { readonly delivery: StoredDelivery; readonly dropped: readonly Dropped[]; readonly at: number },
): Promise<void> {
  const { id: _id, receivedAt: _receivedAt, handled: _handled, ...batch } = delivery;
  await silences.dropResolved(batch);
  const alerts = dropped.filter(({ reason }) => reason === 'silenced').map(({ alert }) => alert);
  if (alerts.length > 0) await silences.hold({ ...batch, alerts }, at);
}

function countReasons(dropped: readonly Dropped[]): ReadonlyMap<DropReason, number> {
  const counts = new Map<DropReason, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
