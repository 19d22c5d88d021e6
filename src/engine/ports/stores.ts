import type { Alert, AlertBatch, Labels } from '../../core/alert/alert.ts';
import type { ChartImage } from '../../core/chart.ts';
import type { Evidence, Point } from '../../core/evidence.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Report } from '../../core/report.ts';
import type { Run, RunState } from '../../core/run.ts';
import type { Severity } from '../../core/severity.ts';
import type { Unit } from '../../core/unit.ts';
import type { BaselineStore } from './baseline-store.ts';
import type { ChangeStore } from './change-store.ts';
import type { ChecklistStore } from './checklists.ts';
import type { OverviewStore } from './home.ts';
import type { LoadTestStore } from './load-test-store.ts';
import type { MessageAddress, OutgoingMessage } from './message.ts';
import type { MonitorStore } from './monitor-store.ts';
import type { SilenceStore } from './silence-store.ts';
import type { StatementStore } from './statement-store.ts';
import type { Turns } from './turns.ts';
import type { UpkeepStore } from './upkeep-store.ts';
import type { WeekStore } from './week-store.ts';

// Times are milliseconds since the epoch everywhere in these ports.

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
}

export const STEP_STATES = ['waiting', 'running', 'done'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** One probe on one target within a run. */
export interface RunStep {
  readonly runId: string;
  /** Index in the run, from 0. */
  readonly step: number;
  /** Title of the playbook's step that this belongs to. */
  readonly title: string;
  readonly probe: string;
  readonly target: Target;
  readonly params: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly state: StepState;
  readonly evidence: Evidence | undefined;
}

export interface RunStore {
  /** False when a run of that id exists already. */
  create(run: Run): Promise<boolean>;
  get(id: string): Promise<Run | undefined>;
  exists(id: string): Promise<boolean>;
  lock(id: string): Promise<Run | undefined>;
  setState(id: string, state: RunState): Promise<void>;
  finish(id: string, report: Report, at: number): Promise<void>;
  fail(id: string, failure: string, at: number): Promise<void>;
  /** Adds the steps of a run; those that exist already stay as they are. */
  addSteps(steps: readonly RunStep[]): Promise<void>;
  steps(runId: string): Promise<readonly RunStep[]>;
  /** The steps without evidence yet, in order. */
  openSteps(runId: string): Promise<readonly RunStep[]>;
  /** All steps in order without the evidence itself, which may be large. */
  stepStates(
    runId: string,
  ): Promise<
    readonly (Pick<RunStep, 'title' | 'state'> & { readonly evidence: Evidence['status'] | undefined })[]
  >;
  step(runId: string, step: number): Promise<RunStep | undefined>;
  startStep(runId: string, step: number): Promise<void>;
  /** Stores evidence once; a second result of the same step is ignored. Answers how many steps are still open. */
  finishStep(runId: string, step: number, evidence: Evidence): Promise<number>;
  /**
   * Runs that are not finished or failed and were neither created nor given out here since `before`, or whose deadline
   * has passed since, oldest first; from now (`at`, default `before`) they count as given out.
   */
  unfinished(before: number, limit: number, at?: number): Promise<readonly Run[]>;
  /** Newest first. */
  recent(options: { service?: string; limit: number }): Promise<readonly Run[]>;
  /** At most `limit` runs whose id begins so, newest first. */
  startingWith(prefix: string, limit: number): Promise<readonly Run[]>;
  saveCharts(runId: string, charts: readonly ChartImage[]): Promise<void>;
  chart(runId: string, chartId: string): Promise<ChartImage | undefined>;
}

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

export interface Sample {
  readonly target: string;
  readonly service: string;
  readonly metric: string;
  /** What tells it from others of the same target and metric, for example a file system; absent: the whole target. */
  readonly label?: string;
  readonly unit: Unit;
  readonly at: number;
  readonly value: number;
}

/** What the monitor measured over time. */
export interface SampleStore {
  add(samples: readonly Sample[]): Promise<void>;
  /** One metric of a whole target: labelled samples are not in it. */
  series(query: { target: string; metric: string; from: number; to: number }): Promise<readonly Point[]>;
  /** Like `series` for many at once; each target with each metric, where there are points. */
  history(query: {
    targets: readonly string[];
    metrics: readonly string[];
    from: number;
    to: number;
  }): Promise<
    readonly { readonly target: string; readonly metric: string; readonly points: readonly Point[] }[]
  >;
  /** Brings the roll-ups (5 minutes, one hour) up to the last spans that are over. Repeatable. */
  rollUp(at: number): Promise<void>;
  /** Deletes raw samples that are older. */
  dropBefore(at: number): Promise<void>;
  /** Deletes roll-ups that are older. */
  dropRollUpsBefore(before: { readonly fiveMinutes: number; readonly hours: number }): Promise<void>;
}

export interface Stores {
  readonly alerts: AlertStore;
  readonly groups: GroupStore;
  readonly runs: RunStore;
  readonly outbox: OutboxStore;
  readonly samples: SampleStore;
  readonly statements: StatementStore;
  readonly monitor: MonitorStore;
  readonly changes: ChangeStore;
  readonly baselines: BaselineStore;
  readonly upkeep: UpkeepStore;
  readonly checklists: ChecklistStore;
  readonly weeks: WeekStore;
  readonly overview: OverviewStore;
  readonly loadTests: LoadTestStore;
  readonly silences: SilenceStore;
}

/** The stores, and a way to change several of them at once or not at all. */
export interface Database extends Stores {
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  readonly turns: Turns;
  /** Fails when PostgreSQL does not answer. */
  ping(): Promise<void>;
}
