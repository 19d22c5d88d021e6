import type { AlertBatch } from '../../core/alert/alert.ts';
import type { Silence } from '../../core/alert/silence.ts';
import type { UnheardLimits } from '../../core/alert/unheard.ts';

export interface SilenceStore {
  /** Keeps others who would add a silence waiting until the end of the transaction; take it before any other lock. */
  lock(): Promise<void>;
  /** False when a silence of that id exists already. */
  create(silence: Silence): Promise<boolean>;
  /** Those that hold at this moment, the one that ends first first. */
  active(at: number): Promise<readonly Silence[]>;
  /** Ends a silence before its time. False when it is over already. */
  end(id: string, by: string, at: number): Promise<boolean>;
  /** The next silence that is over and whose end has not been told; locked until the end of the transaction, and skipped by others. */
  lockOver(at: number): Promise<Silence | undefined>;
  /** Its end has been told. */
  settle(id: string, at: number): Promise<void>;

  /** Keeps firing alerts until their silence is over; the newest state of each counts. */
  hold(batch: AlertBatch, at: number): Promise<void>;
  /** Forgets held alerts of the lane of a batch that are resolved in it. */
  dropResolved(batch: AlertBatch): Promise<void>;
  /** Everything that is held back, a batch for each lane, in a fixed order. */
  held(): Promise<readonly AlertBatch[]>;
  /**
   * Makes those of the alerts that are still held back a delivery of their own. False when none is held any more, or
   * when deliveries of the same lane wait to be handled, which may say that an alert is over.
   */
  release(batch: AlertBatch, deliveryId: string, at: number): Promise<boolean>;
  /** Forgets held alerts that nobody spoke of for long, so that a repeat counts as new. Answers how many. */
  dropUnheard(limits: UnheardLimits): Promise<number>;
  /** How many alerts are held back. */
  heldCount(): Promise<number>;
}
