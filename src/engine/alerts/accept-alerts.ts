import type { AlertBatch } from '../../core/alert/alert.ts';
import type { Redact } from '../../core/redact.ts';
import { redactDeep } from '../../core/redact-deep.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';

export interface AcceptAlertsOptions {
  readonly alerts: AlertStore;
  readonly queue: JobQueue;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
  /** Hides secrets in labels and annotations before they are stored. */
  readonly redact: Redact;
}

export type AcceptAlerts = (batch: AlertBatch) => Promise<{ accepted: number; duplicates: number }>;

/**
 * Takes alerts in: they are stored durably before this resolves. A queue that is down does not refuse them, since the
 * sweep finds what is stored and not handled.
 */
export function acceptAlerts({ alerts, queue, newId, now, log, redact }: AcceptAlertsOptions): AcceptAlerts {
  return async (received) => {
    const batch = redactDeep(received, redact);
    const deliveryId = newId();
    const counts = await alerts.accept(deliveryId, batch, now());
    log.info({ deliveryId, sender: batch.sender, ...counts }, 'alerts stored');
    await queue.enqueue('intake', { deliveryId }, { key: deliveryId }).catch((error: unknown) => {
      log.warn({ err: error, deliveryId }, 'queue did not take the delivery; the sweep will');
    });
    return counts;
  };
}
