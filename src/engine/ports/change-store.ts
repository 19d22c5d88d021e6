import type { TargetChange, TargetFacts } from '../../core/monitor/target-change.ts';

/** What one look told of a target. */
export interface SeenFacts {
  readonly target: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly facts: TargetFacts;
}

/** What changed when. */
export interface ChangeStore {
  /** Compares with what was seen before, keeps both the facts and the changes, and answers the changes. Repeatable. */
  see(seen: readonly SeenFacts[]): Promise<readonly TargetChange[]>;
  /** Changes from `from` to `to`, oldest first, of all services or of those that are named. */
  between(query: {
    readonly from: number;
    readonly to: number;
    readonly services?: readonly string[];
  }): Promise<readonly TargetChange[]>;
}
