import { describe, expect, it } from 'vitest';
import { judgeRecovery, type KpiCourse } from '../../../src/core/monitor/recovery.ts';

const MINUTE = 60_000;
const STARTED = 60 * MINUTE;
const RESOLVED = 80 * MINUTE;
const UNITS = [
  ['_ms', 'ms'],
  ['_per_minute', 'per_minute'],
] as const;

/** A value each minute: before the trouble (which is older than its alert), in it, and after it. */
function course(metric: string, [before, during, after]: readonly [number, number, number]): KpiCourse {
  const points = Array.from({ length: 86 }, (_, minute) => {
    const at = minute * MINUTE;
    return { at, value: at <= STARTED - 10 * MINUTE ? before : at <= RESOLVED ? during : after };
  });
  return {
    target: `http:${metric}`,
    metric,
    unit: UNITS.find(([end]) => metric.endsWith(end))?.[1] ?? 'ratio',
    points,
  };
}

const around = {
  service: 'shop-api',
  kpis: { response_time_p95: 500 },
  focus: undefined,
  startedAt: STARTED,
  resolvedAt: RESOLVED,
};
const judge = (...courses: readonly KpiCourse[]) => judgeRecovery({ ...around, courses });

describe('a service after an alert', () => {
  it('is back to normal, with the numbers of before, of the worst and of now', () => {
    expect(judge(course('response_time_p95_ms', [390, 3400, 410]), course('error_rate', [0, 0, 0]))).toEqual({
      severity: 'ok',
      verdict: 'Back to normal: Response time (p95) of shop-api is 410 ms, after 3.4 s at its worst',
      lines: ['Response time (p95): 410 ms now, 3.4 s at its worst, 390 ms before, target 500 ms'],
      shown: [expect.objectContaining({ metric: 'response_time_p95_ms' })],
    });
  });

  it('is not, when a target is still missed, whichever was told first', () => {
    const slow = course('response_time_p95_ms', [390, 3400, 410]);
    expect(judge(slow, course('availability', [1, 0.2, 0.9]))).toMatchObject({
      severity: 'warning',
      verdict: 'Resolved, but not back: Availability of shop-api is still 90 %, target 99.9 %',
      lines: [expect.stringContaining('Response time'), expect.stringContaining('20 % at its worst')],
    });
  });

  it('is judged by the median of own requests where that is all there is, in its own words', () => {
    expect(judge(course('response_time_p50_ms', [5, 900, 6]))).toMatchObject({
      verdict: 'Back to normal: Response time (median) of shop-api is 6 ms, after 900 ms at its worst',
      lines: ['Response time (median): 6 ms now, 900 ms at its worst, 5 ms before, target 500 ms'],
      shown: [{ kpi: 'response_time_p95', title: 'Response time (median)' }],
    });
    expect(
      judge(course('response_time_p95_ms', [390, 3400, 410]), course('response_time_p50_ms', [5, 900, 800])),
    ).toMatchObject({
      verdict: 'Resolved, but not back: Response time (median) of shop-api is still 800 ms, target 500 ms',
      lines: [expect.stringContaining('800 ms now')],
    });
    const focused = { ...around, focus: 'response_time_p95' } as const;
    expect(
      judgeRecovery({ ...focused, courses: [course('response_time_p50_ms', [5, 40, 6])] }),
    ).toBeUndefined();
  });

  it('is not held to a throughput that nobody asked for, nor to what was so before', () => {
    const slow = course('response_time_p95_ms', [390, 3400, 410]);
    const quiet = course('throughput_per_minute', [38, 38, 38]);
    const full = course('memory_ratio', [0.95, 0.96, 0.95]);
    expect(judge(slow, quiet, full)).toMatchObject({ severity: 'ok', lines: [expect.any(String)] });
    const kpis = { ...around.kpis, throughput_per_minute: 100 };
    expect(
      judgeRecovery({ ...around, kpis, courses: [course('throughput_per_minute', [300, 20, 30])] })?.verdict,
    ).toBe('Resolved, but not back: Throughput of shop-api is still 30/min, target 100/min');
    expect(judgeRecovery({ ...around, focus: 'memory', courses: [full] })?.severity).toBe('warning');
  });

  it('begins with what the report was about, even where no target was missed', () => {
    const courses = [
      course('response_time_p95_ms', [390, 3400, 410]),
      course('cpu_ratio', [0.1, 0.7, 0.12]),
      course('memory_ratio', [0.4, 0.5, 0.4]),
    ];
    expect(judgeRecovery({ ...around, courses, focus: 'cpu' })?.lines).toEqual([
      'CPU: 12 % now, 70 % at its worst, 10 % before',
      expect.stringContaining('Response time'),
    ]);
  });

  it('is not spoken of while too little was measured since, nor when nothing showed the alert', () => {
    const early = course('response_time_p95_ms', [390, 3400, 410]);
    const until = (minutes: number) => ({
      ...early,
      points: early.points.filter(({ at }) => at <= RESOLVED + minutes * MINUTE),
    });
    expect(judge(until(2))).toBeUndefined();
    expect(judge(until(3))).toBeDefined();
    expect(judge(course('response_time_p95_ms', [390, 420, 410]))).toBeUndefined();
    expect(judge()).toBeUndefined();
  });
});
