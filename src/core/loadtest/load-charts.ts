import type { ChartSpec, TimeChart } from '../chart.ts';
import { type KpiTargets, kpiTarget } from '../kpi.ts';
import { formatValue } from '../unit.ts';
import type { LoadResult, LoadTest } from './load-test.ts';

/** Pictures of a load test: response time against the target, and the pace that was asked for and kept. */
export function loadCharts({
  test,
  result,
  kpis,
}: {
  readonly test: LoadTest;
  readonly result: LoadResult;
  readonly kpis: KpiTargets;
}): readonly ChartSpec[] {
  const { service } = test.plan;
  const points = (of: (window: LoadResult['windows'][number]) => number | undefined) =>
    result.windows.flatMap((window) => {
      const value = of(window);
      return value === undefined ? [] : [{ at: test.createdAt + window.fromMs + window.durationMs, value }];
    });
  const perSecond = (count: number, durationMs: number) => count / (durationMs / 1000);
  const target = kpiTarget(kpis, 'response_time_p95');
  const latency: TimeChart = {
    kind: 'time',
    id: `loadtest-latency-${service}`,
    title: `Response time of ${service} under load`,
    alt: `Median and 95th percentile of ${service} in each second of the load test; over the whole test the 95th percentile is ${result.latency === undefined ? 'not measured' : formatValue(result.latency.p95Ms, 'ms')}.`,
    unit: 'ms',
    lines: [
      { label: 'p95', points: points(({ p95Ms }) => p95Ms), emphasis: true },
      { label: 'p50', points: points(({ p50Ms }) => p50Ms) },
    ],
    threshold: { value: target, label: `target ${formatValue(target, 'ms')}` },
    marks: [],
  };
  const pace: TimeChart = {
    kind: 'time',
    id: `loadtest-rate-${service}`,
    title: `Requests a second of ${service}`,
    alt: `Requests a second that were asked for, answered and failed at ${service}: ${result.answered} of ${result.asked} were answered.`,
    unit: 'per_second',
    lines: [
      {
        label: 'answered',
        points: points(({ answered, durationMs }) => perSecond(answered, durationMs)),
        emphasis: true,
      },
      { label: 'asked', points: points(({ asked, durationMs }) => perSecond(asked, durationMs)) },
      {
        label: 'failed',
        points: points(({ serverErrors, unanswered, durationMs }) =>
          perSecond(serverErrors + unanswered, durationMs),
        ),
      },
    ],
    marks: [],
  };
  return latency.lines[0]?.points.length === 0 ? [pace] : [latency, pace];
}
