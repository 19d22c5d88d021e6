import type { LoadPart, LoadStage } from './load-phases.ts';

// Times are milliseconds since the epoch, durations milliseconds.

/** What is sent where. Plain data that may travel in a job. */
export interface LoadPlan {
  readonly service: string;
  readonly profile: string;
  readonly title: string;
  readonly zone: string;
  /** Without a path, and without a password. */
  readonly baseUrl: string;
  readonly paths: readonly string[];
  readonly stages: readonly LoadStage[];
  /** Its phases, as they are told; a plan of an earlier version has none. */
  readonly parts?: readonly LoadPart[];
  readonly stop: StopLimits;
}

/** Beyond these a test is ended. */
export interface StopLimits {
  readonly errorRate: number;
  readonly p95Ms: number;
  readonly throttledRatio: number;
}

/** What was measured in a part of the test. `p95Ms` and `p50Ms` are missing when nothing was answered. */
export interface LoadWindow {
  /** From the beginning of the test. */
  readonly fromMs: number;
  readonly durationMs: number;
  /** Requests that the plan asks for. */
  readonly asked: number;
  readonly answered: number;
  /** Of those that were answered: with 5xx. */
  readonly serverErrors: number;
  /** Connections that failed and answers that did not come in time. */
  readonly unanswered: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** What was measured in one part of the plan. */
export interface MeasuredPart {
  readonly index: number;
  readonly window: LoadWindow;
}

/** How long people waited, from when a request was due: what was held up by a slow answer counts. */
export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a load test came to. */
export interface LoadResult {
  readonly durationMs: number;
  readonly asked: number;
  readonly answered: number;
  readonly serverErrors: number;
  readonly unanswered: number;
  /** Absent when nothing was answered. */
  readonly latency?: Latency;
  /** Answers by status class, errors by their words, most frequent first. */
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  readonly windows: readonly LoadWindow[];
  /** Longest time that the sender itself was late. */
  readonly senderLateMs: number;
}

/** Why a test ended before its time. */
export interface LoadStop {
  readonly kind: 'person' | 'down' | 'busy' | 'errors' | 'slow' | 'throttled' | 'stopping';
  /** In words: `5xx 12 % of 250 requests, limit 5 %`. */
  readonly reason: string;
  readonly by?: string;
}

export type LoadState = 'running' | 'finished' | 'lost';

/** One load test, from the press on Start to its report. */
export interface LoadTest {
  readonly id: string;
  readonly plan: LoadPlan;
  readonly state: LoadState;
  readonly requestedBy: string;
  readonly channel: string;
  readonly createdAt: number;
  readonly result: LoadResult | undefined;
  readonly stop: LoadStop | undefined;
  readonly finishedAt: number | undefined;
}

/** Outbox keys of what stands in the thread of a load test beside its report. */
export const loadTestKeys = {
  begun: (id: string) => `loadtest/${id}/begun`,
  part: (id: string, index: number) => `loadtest/${id}/part/${index}`,
  stopped: (id: string) => `loadtest/${id}/stopped`,
} as const;

type Counts = Pick<LoadWindow, 'answered' | 'serverErrors' | 'unanswered'>;

/** Share of the requests that failed, of those whose fate is known; 0 when there are none. */
export function failedShare({ answered, serverErrors, unanswered }: Counts): number {
  const known = answered + unanswered;
  return known === 0 ? 0 : (serverErrors + unanswered) / known;
}
