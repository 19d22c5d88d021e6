import type { MessageAddress, OutgoingMessage } from './message.ts';

// Times are milliseconds since the epoch.

/** A row of the outbox: what should be told, and what was told where. */
export interface OutboxEntry {
  readonly message: OutgoingMessage;
  /** Counts up with every change of the message. */
  readonly revision: number;
  /** Revision that the messenger has; 0 before the first. */
  readonly sentRevision: number;
  readonly address: MessageAddress | undefined;
  /** Address of the message named by `threadOf`. */
  readonly threadTs: string | undefined;
  /** When an attempt to send began whose outcome is not known. */
  readonly sendingSince: number | undefined;
  readonly attempts: number;
  /** Files that were uploaded for it and may or may not be shared yet. */
  readonly fileIds: readonly string[];
}

export interface OutboxStore {
  /** Inserts, or sets what the message should say now. A change counts the revision up; the same content does not. */
  put(message: OutgoingMessage, at: number): Promise<void>;
  /**
   * Takes the next message that may be sent now and marks it as being sent (committed before it returns): its
   * thread's message is sent, no earlier position of its thread waits, its time has come, its channel's budget
   * allows it (posts only: one a second with bursts of `burst`). Nobody else gets it until `leaseMs` have passed.
   * Files that failed several times let the rest of their thread pass. The thread of a message that was given up
   * waits until a later revision of that message is sent.
   */
  claim(options: { at: number; leaseMs: number; burst: number }): Promise<OutboxEntry | undefined>;
  /** Keeps a claimed message from others until `leaseUntil`. */
  renew(key: string, leaseUntil: number): Promise<void>;
  /** Remembers uploaded files before they are shared. */
  saveFileIds(key: string, fileIds: readonly string[]): Promise<void>;
  /** `sent` at this revision; the pause until the next edit is `editPauseMs`. */
  sent(
    key: string,
    result: { revision: number; address: MessageAddress; at: number; editPauseMs: number },
  ): Promise<void>;
  /**
   * Not before `retryAt`; `ambiguous` keeps `sendingSince` so that the next attempt looks first. `channelPausedUntil`:
   * the messenger takes no new message in the channel before then; after it one a second, as when `burst` is spent.
   */
  postpone(
    key: string,
    options: {
      retryAt: number;
      ambiguous: boolean;
      error: string;
      channelPausedUntil?: number;
      burst?: number;
    },
  ): Promise<void>;
  /** Never sent in this form; a later revision may be. `ambiguous` as in `postpone`. */
  giveUp(
    key: string,
    options: { revision: number; error: string; at: number; ambiguous?: boolean },
  ): Promise<void>;
  /** When the next message becomes due, or undefined when nothing waits but the threads of messages that were given up. */
  nextDueAt(at: number): Promise<number | undefined>;
  get(key: string): Promise<OutboxEntry | undefined>;
}
