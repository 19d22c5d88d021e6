import type { StatementSnapshot, StatementTotals } from '../../core/monitor/statement-deltas.ts';
import type { StatementWeek } from '../../core/weekly-report/rank-statements.ts';

/** What the statements of one server did from `at` on, with the texts of those that are named. */
export interface StatementHours {
  readonly target: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly statements: readonly StatementTotals[];
  /** Without values, by identity; one that nobody may see is missing. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Which statements took the time of the databases, hour by hour. Times in milliseconds since the epoch. */
export interface StatementStore {
  /** The last counters of a server; locks them until the end of the transaction. */
  lockCounters(target: string): Promise<StatementSnapshot | undefined>;
  saveCounters(target: string, snapshot: StatementSnapshot): Promise<void>;
  /** Makes the partitions of a span, so that `add` has a place for it. */
  makeRoom(from: number, to: number): Promise<void>;
  /** Adds what was done in an hour; the same again changes nothing. */
  add(hours: StatementHours): Promise<void>;
  /** The statements of a span and of the one before it; what is measured is in both spans. */
  weeks(query: {
    readonly from: number;
    readonly to: number;
    readonly before: { readonly from: number; readonly to: number };
  }): Promise<readonly StatementWeek[]>;
  /** Drops what is older: hours, texts that no hour needs, counters of servers that nobody looks at. */
  dropBefore(at: number): Promise<void>;
}
