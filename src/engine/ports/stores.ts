import type { AlertStore } from './alert-store.ts';
import type { BaselineStore } from './baseline-store.ts';
import type { ChangeStore } from './change-store.ts';
import type { ChecklistStore } from './checklists.ts';
import type { GroupStore } from './group-store.ts';
import type { OverviewStore } from './home.ts';
import type { LoadTestStore } from './load-test-store.ts';
import type { MonitorStore } from './monitor-store.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { RunStore } from './run-store.ts';
import type { SampleStore } from './sample-store.ts';
import type { SilenceStore } from './silence-store.ts';
import type { StatementStore } from './statement-store.ts';
import type { Turns } from './turns.ts';
import type { UpkeepStore } from './upkeep-store.ts';
import type { WeekStore } from './week-store.ts';

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
