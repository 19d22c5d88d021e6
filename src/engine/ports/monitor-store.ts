import type { AlertState } from '../../core/monitor/alert-state.ts';

/** One probe on one target, as the monitor repeats it. */
export interface MonitoredTarget {
  readonly target: string;
  readonly probe: string;
  readonly service: string;
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
}

/** What the monitor has to remember between two samples. */
export interface MonitorStore {
  /** Takes those that nobody else looks at now, until `until`; answers which. */
  claim(
    targets: readonly MonitoredTarget[],
    options: { readonly at: number; readonly until: number },
  ): Promise<readonly MonitoredTarget[]>;
  /** Gives claimed targets back, with what came of it. */
  release(results: readonly LookResult[]): Promise<void>;
  /** All states that are not at rest. */
  states(): Promise<readonly StoredAlertState[]>;
  saveStates(states: readonly StoredAlertState[]): Promise<void>;
  /** Deletes what is remembered of targets that were neither measured nor tried since. */
  forget(before: number): Promise<void>;
  /** Those that could not be measured when they were last tried. */
  stale(): Promise<readonly LookResult[]>;
  /** Targets that were tried since. */
  triedSince(at: number): Promise<ReadonlySet<string>>;
}
