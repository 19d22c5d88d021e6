import type { Alert } from '../../core/alert/alert.ts';
import type { AlertState } from '../../core/monitor/alert-state.ts';

/** One probe on one target, as the monitor repeats it. */
export interface MonitoredTarget {
  readonly target: string;
  readonly probe: string;
  readonly service: string;
}

/** A look that is wanted now. */
export interface WantedLook extends MonitoredTarget {
  /** Not when somebody looked at it since then; absent: in any case. */
  readonly notSince?: number;
}

/** How a look at a target ended. Times in milliseconds since the epoch. */
export interface LookResult extends MonitoredTarget {
  readonly at: number;
  /** Absent when it could be measured. */
  readonly failure?: { readonly reason: string; readonly message: string };
}

/** Where one rule of one target stands. */
export interface StoredAlertState {
  readonly target: string;
  readonly rule: string;
  readonly state: AlertState;
  /** What was sent while it fires, and the group that it was sent for. */
  readonly sent: SentAlert | undefined;
}

export interface SentAlert {
  readonly alert: Alert;
  readonly lane: string | undefined;
}

/** What the monitor has to remember between two samples. */
export interface MonitorStore {
  /** Takes those that nobody else looks at now, until `until`; answers which. */
  claim(
    targets: readonly WantedLook[],
    options: { readonly at: number; readonly until: number },
  ): Promise<readonly MonitoredTarget[]>;
  /** Keeps those that are claimed still until `until`; 0 gives them back. */
  renew(targets: readonly Pick<MonitoredTarget, 'target' | 'probe'>[], until: number): Promise<void>;
  /** Gives claimed targets back, with what came of it. */
  release(results: readonly LookResult[]): Promise<void>;
  /** How many targets could be measured before and could not at the last look, of those tried since then. */
  staleTargets(since: number): Promise<number>;
  /** All states that were ever saved. */
  states(): Promise<readonly StoredAlertState[]>;
  saveStates(states: readonly StoredAlertState[]): Promise<void>;
  /** Targets that somebody looked at, or tried to, since then. */
  triedSince(at: number): Promise<ReadonlySet<string>>;
  /** Deletes what is remembered of targets that nobody has tried to look at since then. */
  forget(before: number): Promise<void>;
}
