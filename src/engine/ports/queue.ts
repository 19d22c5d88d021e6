/** Everything that workers do, with its payload. Job payloads are small: the data itself is in PostgreSQL. */
export interface Jobs {
  /** Brings the alerts of one stored delivery to their groups. */
  intake: { readonly deliveryId: string };
  /** Plans the steps of a run and sends them to their zones. */
  start_run: { readonly runId: string };
  /** Runs one probe on one target. */
  run_step: { readonly runId: string; readonly step: number };
  /** Judges the evidence of a run and tells the result. */
  conclude_run: { readonly runId: string };
  /** Sends what is due in the outbox. */
  deliver: Record<string, never>;
  /** Finds again what a crash or the queue has lost. */
  sweep: Record<string, never>;
  /** Measures the KPIs of every service once. */
  sample: Record<string, never>;
  /** Rolls samples up, deletes what is old, refreshes the usual values when it is time. */
  upkeep: Record<string, never>;
  /** Posts checklists that are due, fills those whose runs have ended, reminds of open items. */
  checklist: Record<string, never>;
  /** Compares services before, during and after alerts that have ended. */
  compare: Record<string, never>;
  /** Puts a service under load, once. */
  load_test: { readonly testId: string };
}
export type JobName = keyof Jobs;

export interface EnqueueOptions {
  /** Two jobs of one name with the same key are one job while the first waits or runs. */
  readonly key?: string;
  /** Workers of this zone take it; only `run_step` and `load_test` have zones. */
  readonly zone?: string;
}

/** Moves work to workers. It may lose or repeat a job: the sweep and the handlers allow for both. */
export interface JobQueue {
  enqueue<N extends JobName>(name: N, data: Jobs[N], options?: EnqueueOptions): Promise<void>;
}

/** Runs one job. A thrown error means that our own work failed; the job is retried with back-off. */
export type JobHandlers = { readonly [N in JobName]: (data: Jobs[N], signal: AbortSignal) => Promise<void> };
