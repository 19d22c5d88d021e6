import type { Alert, Labels } from '../../core/alert/alert.ts';
import type { UnheardLimits } from '../../core/alert/unheard.ts';
import type { Severity } from '../../core/severity.ts';

// Times are milliseconds since the epoch.

/** One episode of a group of alerts: from the first that fires until all are resolved. One channel message. */
export interface AlertGroup {
  readonly id: string;
  /** Same for every episode of the group: sender, receiver and the sender's group key. */
  readonly identity: string;
  readonly sender: string;
  readonly title: string;
  readonly severity: Severity;
  /** Service that the alerts speak of, or undefined when the inventory knows none. */
  readonly service: string | undefined;
  readonly playbook: string | undefined;
  readonly state: 'firing' | 'resolved';
  readonly channel: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly firing: number;
  readonly resolved: number;
  /** Alerts that the sender left out of its last delivery. */
  readonly truncated: number;
  readonly startedAt: number;
  /** Where nobody said that it is over: when it was last heard of. */
  readonly resolvedAt: number | undefined;
  /** Nobody spoke of it for at least so long, milliseconds, so that it counts as ended; absent where it fires or was resolved. */
  readonly unheardMs?: number;
  readonly acknowledgedBy: string | undefined;
  readonly acknowledgedAt: number | undefined;
  /** How often it went from resolved back to firing in this episode. */
  readonly reopened: number;
  readonly lastRunId: string | undefined;
  /** Counts up with every change. */
  readonly version: number;
}

/** A firing alert that nobody spoke of for long. */
export interface UnheardAlert {
  readonly fingerprint: string;
  /** When it was last heard of; its start, where that is so long ago that it was forgotten. */
  readonly lastHeardAt: number;
  /** It was repeated, or comes from a sender that does. */
  readonly isRepeated: boolean;
}

export interface GroupStore {
  /** The episode of an identity that was opened last; serialises callers of the same identity until the end of the transaction, also when there is none yet. */
  lockNewest(identity: string): Promise<AlertGroup | undefined>;
  /** Locks one episode until the end of the transaction. */
  lock(id: string): Promise<AlertGroup | undefined>;
  get(id: string): Promise<AlertGroup | undefined>;
  /** Inserts or replaces; the store does not count the version. */
  save(group: AlertGroup): Promise<void>;
  /** The newest state of each alert (by fingerprint) of a group; of all, or of those that are named. */
  alerts(groupId: string, fingerprints?: readonly string[]): Promise<readonly Alert[]>;
  /** How many alerts of a group fire and how many are resolved. */
  countAlerts(groupId: string): Promise<{ readonly firing: number; readonly resolved: number }>;
  /** Adds or replaces the newest state of alerts (by fingerprint); an older `startsAt` never replaces a newer one. */
  saveAlerts(groupId: string, alerts: readonly Alert[]): Promise<void>;
  /** Ids of at most `limit` groups with firing alerts that nobody spoke of for long, in a fixed order. */
  unheard(limits: UnheardLimits, limit: number): Promise<readonly string[]>;
  /**
   * Takes the alerts that nobody spoke of out of what was heard, so that a repeat counts as new; each is given out once.
   * The caller holds the lock of the group.
   */
  takeUnheard(groupId: string, limits: UnheardLimits): Promise<readonly UnheardAlert[]>;
  /** Takes alerts out of a group. */
  removeAlerts(groupId: string, fingerprints: readonly string[]): Promise<void>;
  /** At most `limit` groups whose id begins so, newest first. */
  startingWith(prefix: string, limit: number): Promise<readonly AlertGroup[]>;
  /** Newest first. */
  recent(options: {
    state?: 'firing' | 'resolved';
    service?: string;
    limit: number;
  }): Promise<readonly AlertGroup[]>;
  /** Episodes of known services that are resolved since a time within [from, to], at most `limit`. */
  resolvedBetween(query: {
    readonly from: number;
    readonly to: number;
    readonly limit: number;
  }): Promise<readonly AlertGroup[]>;
}
