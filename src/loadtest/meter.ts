import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import type { Latency, LoadResult, LoadWindow } from '../core/loadtest/load-test.ts';

const MOST_KINDS = 10;

/** Counts what happens during a load test. Times of windows are milliseconds from its beginning. */
export interface Meter {
  /** From now on so many requests a second are asked for. */
  ask(ratePerSecond: number): void;
  /** `everyMs`: how often its connection is to send; requests that a slow answer held up count as waiting. */
  answered(statusCode: number, latencyMs: number, everyMs: number): void;
  failed(error: Error): void;
  closeWindow(atMs: number): LoadWindow;
  /** What was measured since the last call: a part of the test, however many windows it has. */
  closePart(atMs: number): LoadWindow;
  result(atMs: number): Omit<LoadResult, 'senderLateMs'>;
}

/** A meter that begins now. */
export function createMeter(): Meter {
  const all = createHistogram();
  const outcomes = new Map<string, number>();
  const windows: LoadWindow[] = [];
  let rate = 0;
  let askedBefore = 0;
  let rateSince = 0;
  let open = newWindow(0, 0);
  let part = newWindow(0, 0);
  const began = performance.now();
  const clock = () => performance.now() - began;
  const asked = (at: number) => askedBefore + (rate * (at - rateSince)) / 1000;
  const count = (outcome: string) => {
    const known = outcomes.has(outcome) || outcomes.size < MOST_KINDS ? outcome : 'other errors';
    outcomes.set(known, (outcomes.get(known) ?? 0) + 1);
  };

  return {
    ask(ratePerSecond) {
      const at = clock();
      askedBefore = asked(at);
      rateSince = at;
      rate = ratePerSecond;
    },
    answered(statusCode, latencyMs, everyMs) {
      count(`answered ${Math.floor(statusCode / 100)}xx`);
      for (const counts of [open, part]) {
        counts.answered += 1;
        if (statusCode >= 500) counts.serverErrors += 1;
      }
      for (const histogram of [all, open.latencies, part.latencies])
        recordWithWaiting(histogram, latencyMs, everyMs);
    },
    failed(error) {
      count(kindOf(error));
      open.unanswered += 1;
      part.unanswered += 1;
    },
    closeWindow(atMs) {
      const askedNow = asked(clock());
      const window = closed(open, { atMs, askedNow });
      windows.push(window);
      open = newWindow(atMs, askedNow);
      return window;
    },
    closePart(atMs) {
      const askedNow = asked(clock());
      const window = closed(part, { atMs, askedNow });
      part = newWindow(atMs, askedNow);
      return window;
    },
    result(atMs) {
      const total = (of: (window: LoadWindow) => number) =>
        windows.reduce((sum, window) => sum + of(window), 0);
      const latency = latencyOf(all);
      return {
        durationMs: atMs,
        asked: total((window) => window.asked),
        answered: total(({ answered }) => answered),
        serverErrors: total(({ serverErrors }) => serverErrors),
        unanswered: total(({ unanswered }) => unanswered),
        ...(latency && { latency }),
        outcomes: [...outcomes]
          .map(([outcome, times]) => ({ outcome, count: times }))
          .sort((a, b) => b.count - a.count),
        windows,
      };
    },
  };
}

function newWindow(fromMs: number, askedUntil: number) {
  return { fromMs, askedUntil, answered: 0, serverErrors: 0, unanswered: 0, latencies: createHistogram() };
}

function closed(
  { fromMs, askedUntil, latencies, ...counts }: ReturnType<typeof newWindow>,
  { atMs, askedNow }: { readonly atMs: number; readonly askedNow: number },
): LoadWindow {
  const latency = latencyOf(latencies);
  return {
    ...counts,
    fromMs,
    durationMs: Math.max(1, atMs - fromMs),
    asked: Math.round(askedNow) - Math.round(askedUntil),
    ...(latency && { p50Ms: latency.p50Ms, p95Ms: latency.p95Ms }),
  };
}

/**
 * Records an answer and the requests that were due while it was waited for (coordinated omission, as HdrHistogram
 * corrects it: https://github.com/HdrHistogram/HdrHistogram). autocannon's own correction counts a request for every
 * millisecond, whatever the rate is.
 */
function recordWithWaiting(histogram: RecordableHistogram, latencyMs: number, everyMs: number): void {
  for (let waited = latencyMs; waited === latencyMs || waited >= everyMs; waited -= everyMs)
    histogram.record(Math.max(1, Math.round(waited * 1000)));
}

function latencyOf(histogram: RecordableHistogram): Latency | undefined {
  if (histogram.count === 0) return undefined;
  const at = (percent: number) => histogram.percentile(percent) / 1000;
  return { p50Ms: at(50), p90Ms: at(90), p95Ms: at(95), p99Ms: at(99), maxMs: histogram.max / 1000 };
}

function kindOf(error: Error): string {
  if (error.message === 'request timed out') return 'no answer in time';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code === undefined ? 'connection failed' : `connection failed (${code})`;
}
