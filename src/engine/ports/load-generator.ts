import type { LoadPlan, LoadResult, LoadWindow, MeasuredPart } from '../../core/loadtest/load-test.ts';

/** Sends the requests of a load test. */
export interface LoadGenerator {
  /** Undefined when the target answers, else why not. Sends one request. */
  check(plan: Pick<LoadPlan, 'baseUrl' | 'paths'>): Promise<string | undefined>;
  /**
   * Sends what the plan asks for at its rate, whether or not the target keeps up, until the plan or `signal` ends.
   * `onWindow` hears of every second, `onPart` of every part that is over, also of one that ended early. An abort is
   * an early end, not an error.
   */
  send(
    plan: Pick<LoadPlan, 'baseUrl' | 'paths' | 'stages'>,
    options: {
      readonly signal: AbortSignal;
      readonly onWindow: (window: LoadWindow) => void;
      readonly onPart: (part: MeasuredPart) => void;
    },
  ): Promise<LoadResult>;
}
