import { formatValue } from '../unit.ts';
import { failedShare, type LoadStop, type LoadWindow, type StopLimits } from './load-test.ts';

/** Fewer requests say nothing about a share. */
const LEAST_REQUESTS = 20;
/** What the last part of the test looked like decides: a slow first second is a cold start. */
const LOOK_BACK_MS = 5000;
/** Windows of a second that have to be slow, one after the other. */
const LEAST_WINDOWS = 3;

/** Why a test must end now, or undefined. `throttledRatio` is undefined when nobody could look. */
export function stopReason(
  windows: readonly LoadWindow[],
  throttledRatio: number | undefined,
  limits: StopLimits,
): LoadStop | undefined {
  if (throttledRatio !== undefined && throttledRatio > limits.throttledRatio) {
    const share = formatValue(throttledRatio, 'ratio');
    return {
      kind: 'throttled',
      reason: `the container is held back in ${share} of its periods, limit ${formatValue(limits.throttledRatio, 'ratio')}`,
    };
  }
  const recent = lastPart(windows);
  const counts = addUp(recent);
  const known = counts.answered + counts.unanswered;
  if (counts.asked < LEAST_REQUESTS) return undefined;
  if (known === 0 && recent.length >= LEAST_WINDOWS)
    return { kind: 'slow', reason: `none of the last ${counts.asked} requests has been answered` };
  if (known >= LEAST_REQUESTS && failedShare(counts) > limits.errorRate) {
    const share = formatValue(failedShare(counts), 'ratio');
    return {
      kind: 'errors',
      reason: `${share} of ${known} requests fail, limit ${formatValue(limits.errorRate, 'ratio')}`,
    };
  }
  return tooSlow(recent, limits.p95Ms);
}

/** One slow second may be a pause of the garbage collector; all of the last ones are not. */
function tooSlow(recent: readonly LoadWindow[], limitMs: number): LoadStop | undefined {
  const p95s = recent.flatMap(({ p95Ms }) => p95Ms ?? []);
  if (recent.length < LEAST_WINDOWS || p95s.some((p95) => p95 <= limitMs)) return undefined;
  const worst = formatValue(Math.max(...p95s), 'ms');
  return { kind: 'slow', reason: `the 95th percentile is at ${worst}, limit ${formatValue(limitMs, 'ms')}` };
}

function lastPart(windows: readonly LoadWindow[]): readonly LoadWindow[] {
  const last = windows.at(-1);
  if (last === undefined) return [];
  const end = last.fromMs + last.durationMs;
  return windows.filter(({ fromMs }) => fromMs >= end - LOOK_BACK_MS);
}

function addUp(windows: readonly LoadWindow[]) {
  const counts = { asked: 0, answered: 0, serverErrors: 0, unanswered: 0 };
  for (const window of windows) {
    counts.asked += window.asked;
    counts.answered += window.answered;
    counts.serverErrors += window.serverErrors;
    counts.unanswered += window.unanswered;
  }
  return counts;
}
