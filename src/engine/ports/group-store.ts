import type { Alert, Labels } from '../../core/alert/alert.ts';
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
  readonly resolvedAt: number | undefined;
  readonly acknowledgedBy: string | undefined;
  readonly acknowledgedAt: number | undefined;
  /** How often it went from resolved back to firing in this episode. */
  readonly reopened: number;
  readonly lastRunId: string | undefined;
  /** Counts up with every change. */
  readonly version: number;
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
