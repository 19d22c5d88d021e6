import type { RunState, RunTrigger } from '../../core/run.ts';
import type { Severity } from '../../core/severity.ts';
import type { MessageAddress } from './message.ts';

// Times are milliseconds since the epoch.

/** What the monitor knows of a service. */
export interface ServiceHealth {
  readonly service: string;
  /** When one of its targets was measured last; undefined: never. */
  readonly measuredAt: number | undefined;
  /** Looks at its targets, and how many of them failed the last time. */
  readonly looks: number;
  readonly failed: number;
}

/** A run without what it found in detail. */
export interface BriefRun {
  readonly id: string;
  readonly playbook: string;
  readonly service: string | undefined;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  readonly createdAt: number;
  readonly severity: Severity | undefined;
  readonly verdict: string | undefined;
  readonly failure: string | undefined;
}

/** Reads that an overview needs: small, whatever the reports hold. */
export interface OverviewStore {
  serviceHealth(): Promise<readonly ServiceHealth[]>;
  /** Newest first. */
  briefRuns(limit: number): Promise<readonly BriefRun[]>;
  /** Where messages stand, by outbox key; those that were not sent are not in it. */
  addresses(keys: readonly string[]): Promise<ReadonlyMap<string, MessageAddress>>;
}
