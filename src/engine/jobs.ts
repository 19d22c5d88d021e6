import type { JobHandlers } from './ports/queue.ts';

export interface JobActions {
  readonly handleDelivery: (deliveryId: string) => Promise<void>;
  readonly startRun: (runId: string) => Promise<void>;
  readonly runStep: (job: { runId: string; step: number }, signal: AbortSignal) => Promise<void>;
  readonly concludeRun: (runId: string, signal: AbortSignal) => Promise<void>;
  readonly deliver: (signal: AbortSignal) => Promise<void>;
  readonly sweep: () => Promise<void>;
  readonly sample: (signal: AbortSignal) => Promise<void>;
  readonly upkeep: (signal: AbortSignal) => Promise<void>;
  readonly checklist: () => Promise<void>;
  readonly compare: () => Promise<void>;
  readonly loadTest: (testId: string, signal: AbortSignal) => Promise<void>;
}

/** Which job does what. */
export function jobHandlers(actions: JobActions): JobHandlers {
  return {
    intake: ({ deliveryId }) => actions.handleDelivery(deliveryId),
    start_run: ({ runId }) => actions.startRun(runId),
    run_step: (job, signal) => actions.runStep(job, signal),
    conclude_run: ({ runId }, signal) => actions.concludeRun(runId, signal),
    deliver: (_nothing, signal) => actions.deliver(signal),
    sweep: () => actions.sweep(),
    sample: (_nothing, signal) => actions.sample(signal),
    upkeep: (_nothing, signal) => actions.upkeep(signal),
    checklist: () => actions.checklist(),
    compare: () => actions.compare(),
    load_test: ({ testId }, signal) => actions.loadTest(testId, signal),
  };
}
