/** The right to be the only one that puts load on a target. */
export interface Turn {
  /** Aborted when the turn was lost before it was given back: then somebody else may have it. */
  readonly lost: AbortSignal;
  /** Gives it back; again changes nothing. */
  release(): Promise<void>;
}

/** Heavy probes and load tests take turns at a target, whichever worker and run they belong to. */
export interface Turns {
  /** The turn at a target, by its id; undefined while somebody else has it. */
  take(targetId: string): Promise<Turn | undefined>;
}
