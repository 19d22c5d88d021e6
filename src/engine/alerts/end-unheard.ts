import { type UnheardLimits, unheardAfterMs, unheardLimits, unheardText } from '../../core/alert/unheard.ts';
import type { AlertGroup, UnheardAlert } from '../ports/group-store.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import type { UpkeepStore } from '../ports/upkeep-store.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';

export interface EndUnheardOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly renderer: Renderer;
  readonly now: Clock;
  readonly log: Logger;
}

/** How often alerts are looked through that nobody spoke of. */
const LOOK_EVERY_MS = 60_000;
/** perfbot was away when it did not look for so long; who spoke meanwhile was not heard. */
const AWAY_AFTER_MS = 10 * 60_000;
const BATCH = 100;
const LOOKED = 'unheard alerts';
const LISTENING = 'listening since';

/**
 * Ends alerts that nobody spoke of for long: their sender has lost them, or is gone. They go the way of a resolved alert,
 * and say that nobody knows. Harmless at any time; each is ended once, by whichever worker.
 */
export function endUnheard(options: EndUnheardOptions): () => Promise<void> {
  const { database, queue, now, log } = options;
  return async () => {
    const since = await listeningSince(database.upkeep, now());
    if (since === undefined) return;
    const limits = unheardLimits(now(), since);
    const dropped = await database.transaction(({ silences }) => silences.dropUnheard(limits));
    if (dropped > 0) log.info({ alerts: dropped }, 'silenced alerts that nobody speaks of are forgotten');
    for (const id of await database.groups.unheard(limits, BATCH)) {
      if (await database.transaction((stores) => endIn(options, stores, { id, limits })))
        await queue.enqueue('deliver', {});
    }
  };
}

/** Since when perfbot has been there to hear what is said; undefined: it looked a moment ago. */
async function listeningSince(upkeep: UpkeepStore, at: number): Promise<number | undefined> {
  const last = await upkeep.lastDone(LOOKED);
  if (last !== undefined && at - last < LOOK_EVERY_MS) return undefined;
  const wasAway = last === undefined || at - last > AWAY_AFTER_MS;
  if (wasAway) await upkeep.done(LISTENING, at);
  await upkeep.done(LOOKED, at);
  return wasAway ? at : ((await upkeep.lastDone(LISTENING)) ?? at);
}

/** False when there was nothing to end any more. */
async function endIn(
  options: EndUnheardOptions,
  stores: Stores,
  { id, limits }: { readonly id: string; readonly limits: UnheardLimits },
): Promise<boolean> {
  const group = await stores.groups.lock(id);
  if (group?.state !== 'firing') return false;
  const gone = await stores.groups.takeUnheard(id, limits);
  if (gone.length === 0) return false;
  const { firing, resolved } = await stores.groups.countAlerts(id);
  const unheardMs = Math.min(...gone.map(unheardAfterMs));
  const isOver = gone.length >= firing;
  const version = group.version + 1;
  // A group that goes on goes on without them; one that is over keeps them as they were.
  const names = isOver ? [] : gone.map(({ fingerprint }) => fingerprint);
  await stores.groups.removeAlerts(id, names);
  const saved: AlertGroup = {
    ...group,
    ...(isOver ? { ...ended(gone), unheardMs } : { firing: firing - gone.length }),
    resolved,
    version,
  };
  await stores.groups.save(saved);
  await options.cards.group(stores, saved, { urgent: isOver });
  const text = `${isOver ? '' : `${gone.length} of ${firing} alerts: `}${unheardText(unheardMs)}.`;
  await putNote({ ...options, stores }, { group: saved, name: `unheard-${version}`, text });
  options.log.info(
    { groupId: id, alerts: gone.length, isOver },
    'alerts that nobody speaks of count as ended',
  );
  return true;
}

/** It lasted until it was last heard of, as far as anybody knows. */
function ended(gone: readonly UnheardAlert[]) {
  const resolvedAt = Math.max(...gone.map(({ lastHeardAt }) => lastHeardAt));
  return { state: 'resolved', firing: 0, resolvedAt } as const;
}
