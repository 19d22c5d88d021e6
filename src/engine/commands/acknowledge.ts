import type { AlertGroup } from '../ports/group-store.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';

export interface AcknowledgeOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly renderer: Renderer;
  readonly now: Clock;
}

export type AcknowledgeResult =
  | { readonly kind: 'acknowledged'; readonly group: AlertGroup }
  /** Somebody was faster, or pressed twice. */
  | { readonly kind: 'already'; readonly by: string }
  | { readonly kind: 'unknown' };

/** Marks a group as taken by somebody. The first one wins, whatever is pressed how often. */
export function acknowledge(
  options: AcknowledgeOptions,
): (groupId: string, userId: string) => Promise<AcknowledgeResult> {
  const { database, queue, cards, renderer, now } = options;
  return async (groupId, userId) => {
    const result = await database.transaction(async (stores): Promise<AcknowledgeResult> => {
      const group = await stores.groups.lock(groupId);
      if (group === undefined) return { kind: 'unknown' };
      if (group.acknowledgedBy !== undefined) return { kind: 'already', by: group.acknowledgedBy };
      const taken = { ...group, acknowledgedBy: userId, acknowledgedAt: now(), version: group.version + 1 };
      await stores.groups.save(taken);
      await cards.group(stores, taken, { urgent: true });
      await putNote(
        { renderer, now, stores },
        { group: taken, name: 'acknowledged', text: 'Acknowledged', by: userId },
      );
      return { kind: 'acknowledged', group: taken };
    });
    await queue.enqueue('deliver', {});
    return result;
  };
}
