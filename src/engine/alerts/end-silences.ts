import type { Alert } from '../../core/alert/alert.ts';
import { type Silence, silenceFor, silenceLabels } from '../../core/alert/silence.ts';
import { findService, type Service } from '../../core/inventory/service.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';
import { putSilenceCard } from './put-silence-card.ts';
import { lockSilencedGroups } from './silenced-groups.ts';

export interface EndSilencesOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly renderer: Renderer;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
}

interface Ended {
  readonly silence: Silence;
  readonly deliveryIds: readonly string[];
  /** False: alerts are still held back, for news of them wait to be handled. */
  readonly settled: boolean;
}

/**
 * Tells the end of silences that are over: alerts that were held back and still fire come as if they were new, and
 * messages say that nothing is silenced any more. Harmless at any time; each end is told once, by whichever worker.
 */
export function endSilences(options: EndSilencesOptions): () => Promise<void> {
  const { database, inventory, queue, log } = options;
  return async () => {
    for (;;) {
      const ended = await database.transaction(async (stores) => {
        const silence = await stores.silences.lockOver(options.now());
        return silence && endOne(options, stores, { silence, services: await inventory.services() });
      });
      if (ended === undefined) return;
      const { silence, deliveryIds, settled } = ended;
      log.info({ silenceId: silence.id, deliveries: deliveryIds.length, settled }, 'silence is over');
      for (const deliveryId of deliveryIds)
        await queue.enqueue('intake', { deliveryId }, { key: deliveryId });
      await queue.enqueue('deliver', {});
      if (!settled) return;
    }
  };
}

async function endOne(
  options: EndSilencesOptions,
  stores: Stores,
  { silence, services }: { readonly silence: Silence; readonly services: readonly Service[] },
): Promise<Ended> {
  const { newId, now } = options;
  const at = now();
  const others = await stores.silences.active(at);
  const isFree = ({ labels }: Alert) =>
    silenceFor(others, silenceLabels(labels, findService(services, labels)?.name), at) === undefined;
  const deliveryIds: string[] = [];
  let settled = true;
  for (const batch of await stores.silences.held()) {
    const alerts = batch.alerts.filter(isFree);
    if (alerts.length === 0) continue;
    const id = newId();
    const outcome = await stores.silences.release({ ...batch, alerts, silencedUntil: at }, id, at);
    if (outcome === 'released') deliveryIds.push(id);
    if (outcome === 'busy') settled = false;
  }
  if (settled) await tellEnd(options, stores, silence);
  return { silence, deliveryIds, settled };
}

async function tellEnd(options: EndSilencesOptions, stores: Stores, silence: Silence): Promise<void> {
  const { cards, now } = options;
  await stores.silences.settle(silence.id, now());
  for (const group of await lockSilencedGroups(stores, silence)) {
    await cards.group(stores, group, { urgent: true });
    await putNote(
      { ...options, stores },
      {
        group,
        name: `silence-over-${silence.id}`,
        text: 'The silence is over; it still fires.',
        ...(silence.endedBy !== undefined && { text: 'Silence ended', by: silence.endedBy }),
      },
    );
  }
  if (!silence.onCard) await putSilenceCard(options, stores, silence);
}
