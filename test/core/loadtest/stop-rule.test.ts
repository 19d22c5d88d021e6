import { describe, expect, it } from 'vitest';
import type { LoadWindow } from '../../../src/core/loadtest/load-test.ts';
import { stopReason } from '../../../src/core/loadtest/stop-rule.ts';

const LIMITS = { errorRate: 0.05, p95Ms: 2000, throttledRatio: 0.25 };
const FINE = { asked: 10, answered: 10, serverErrors: 0, unanswered: 0, p50Ms: 5, p95Ms: 10 };

function windows(...seconds: readonly Partial<LoadWindow>[]): readonly LoadWindow[] {
  return seconds.map((second, index) => ({ ...FINE, fromMs: index * 1000, durationMs: 1000, ...second }));
}

describe('when a load test is stopped', () => {
  it.each<[string, readonly LoadWindow[], number | undefined, RegExp | undefined]>([
    ['fine', windows({}, {}, {}), 0, undefined],
    ['nothing measured yet', [], undefined, undefined],
    ['a slow first second is a cold start', windows({ p95Ms: 9000 }, {}, {}), 0, undefined],
    [
      'slow all the time',
      windows({ p95Ms: 2500 }, { p95Ms: 3000 }, { p95Ms: 2600 }),
      0,
      /95th percentile is at 3 s/,
    ],
    [
      'failing',
      windows({ serverErrors: 1 }, { serverErrors: 2 }, { serverErrors: 1 }),
      0,
      /13.3 % of 30 requests fail/,
    ],
    ['a few failures', windows({ serverErrors: 1 }, {}, {}), 0, undefined],
    [
      'failures that are over',
      windows(...Array(5).fill({ serverErrors: 9 }), ...Array(6).fill({})),
      0,
      undefined,
    ],
    ['two requests of which one fails', windows({ asked: 2, answered: 2, serverErrors: 1 }), 0, undefined],
    [
      'connections that fail',
      windows(...Array(3).fill({ answered: 0, unanswered: 10, p95Ms: undefined, p50Ms: undefined })),
      0,
      /100 % of 30 requests fail/,
    ],
    [
      'a target that hangs',
      windows(...Array(3).fill({ answered: 0, p95Ms: undefined, p50Ms: undefined })),
      0,
      /none of the last 30 requests/,
    ],
    ['throttled', windows({}), 0.4, /held back in 40 % of its periods, limit 25 %/],
    ['nobody could see the container', windows({}, {}, {}), undefined, undefined],
  ])('%s', (_name, measured, throttled, reason) => {
    const stop = stopReason(measured, throttled, LIMITS);
    if (reason === undefined) expect(stop).toBeUndefined();
    else expect(stop?.reason).toMatch(reason);
  });
});
