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

/**
 * Delivers what was held back and is not silenced any more as if it were new, and tells the end of silences that are
 * over. Harmless at any time; each alert and each end is told once, by whichever worker.
 */
export function endSilences(options: EndSilencesOptions): () => Promise<void> {
  const { database, inventory, queue, now, log } = options;
  return async () => {
    // An alert may be held back while its silence ends: what is held is looked at each time, not only at an end.
    if ((await database.silences.heldCount()) > 0) {
      const services = await inventory.services();
      const released = await database.transaction((stores) => releaseFree(options, stores, services));
      for (const deliveryId of released) await queue.enqueue('intake', { deliveryId }, { key: deliveryId });
      if (released.length > 0) log.info({ deliveries: released.length }, 'alerts are silenced no more');
    }
    while (await database.transaction((stores) => tellNextEnd(options, stores, now()))) {
      await queue.enqueue('deliver', {});
    }
  };
}

/** Ids of the deliveries that alerts became which no silence holds any more. */
async function releaseFree(
  { newId, now }: EndSilencesOptions,
  stores: Stores,
  services: readonly Service[],
): Promise<readonly string[]> {
  const at = now();
  const silences = await stores.silences.active(at);
  const isFree = ({ labels }: Alert) =>
    silenceFor(silences, silenceLabels(labels, findService(services, labels)?.name), at) === undefined;
  const released: string[] = [];
  for (const batch of await stores.silences.held()) {
    const alerts = batch.alerts.filter(isFree);
    if (alerts.length === 0) continue;
    const id = newId();
    if (await stores.silences.release({ ...batch, alerts, silencedUntil: at }, id, at)) released.push(id);
  }
  return released;
}

/** False when no end is left to be told. */
async function tellNextEnd(options: EndSilencesOptions, stores: Stores, at: number): Promise<boolean> {
  const silence = await stores.silences.lockOver(at);
  if (silence === undefined) return false;
  options.log.info({ silenceId: silence.id }, 'silence is over');
  await tellEnd(options, stores, silence);
  return true;
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
