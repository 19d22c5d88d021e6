import type { Alert, AlertBatch } from '../../core/alert/alert.ts';

// Times are milliseconds since the epoch.

export interface StoredAlert extends Alert {
  /** True when the same fingerprint, status and startsAt were stored before by this or another delivery. */
  readonly duplicate: boolean;
}

/** One webhook call as it was stored. */
export interface StoredDelivery extends Omit<AlertBatch, 'alerts'> {
  readonly id: string;
  readonly receivedAt: number;
  readonly handled: boolean;
  readonly alerts: readonly StoredAlert[];
}

export interface AlertStore {
  /** Stores a delivery durably and counts repeated alerts of the same sender; safe against the same call twice at once. */
  accept(
    id: string,
    batch: AlertBatch,
    receivedAt: number,
  ): Promise<{ accepted: number; duplicates: number }>;
  delivery(id: string): Promise<StoredDelivery | undefined>;
  /** Like `delivery`, and locks the row until the end of the transaction. */
  lockDelivery(id: string): Promise<StoredDelivery | undefined>;
  /**
   * The first `limit` deliveries that are not handled and have the sender, receiver and group key of this one, in the
   * order they came. Serialises callers of the same kind until the end of the transaction.
   */
  lockLane(id: string, limit: number): Promise<readonly StoredDelivery[]>;
  markHandled(ids: readonly string[], at: number): Promise<void>;
  /**
   * Ids of deliveries that are not handled and were neither received nor given out here since `before`, oldest first;
   * from now (`at`, default `before`) they count as given out.
   */
  unhandled(before: number, limit: number, at?: number): Promise<readonly string[]>;
  /** Ids of deliveries of the same sender, receiver and group key that came before this one and are not handled, in order. */
  earlier(id: string): Promise<readonly string[]>;
}
