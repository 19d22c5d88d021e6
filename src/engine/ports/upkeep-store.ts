/** Periodic work on the store itself. Times in milliseconds since the epoch. */
export interface UpkeepStore {
  /** When the work of this name was last done, or undefined. */
  lastDone(name: string): Promise<number | undefined>;
  done(name: string, at: number): Promise<void>;
  /**
   * Deletes handled deliveries, ended groups, ended runs with their charts and settled messages that are older, at most
   * `limit` rows of each table. Answers how many rows went.
   */
  purge(before: number, limit: number): Promise<number>;
}
