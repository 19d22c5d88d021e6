import type { ChartImage } from '../../core/chart.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Report } from '../../core/report.ts';
import type { Run, RunState } from '../../core/run.ts';

// Times are milliseconds since the epoch.

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
  /** Ids of the targets that running runs have still to look at. */
  awaitedTargets(): Promise<ReadonlySet<string>>;
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
