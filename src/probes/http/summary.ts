import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';
import { describeFailure } from './failures.ts';
import { LEAST_SAMPLES_FOR_P95, p95, percentile } from './percentile.ts';
import { phaseMetrics } from './phases.ts';
import type { Route } from './plan.ts';
import { isBrokenOff, isError, type Sample } from './sample.ts';
import { samplingGaps } from './sampling-gaps.ts';

/** Failing routes that are named; the table has them all. */
const MOST_NAMED = 3;

/** What the samples say, as numbers. Nothing here judges. */
export function toObservation(taken: readonly Sample[], planned: number): Observation {
  const samples = taken.filter(({ again }) => again !== true);
  const failing = failingRoutes(taken);
  const timed = samples.filter(({ route }) => route.timed);
  const answered = timed.filter(hasTime);
  const failures = new Set(samples.flatMap(({ failure }) => failure ?? []));
  return {
    metrics: [
      { name: 'requests', value: timed.length, unit: 'count' },
      ...responseTimes(answered),
      ...phaseMetrics(timed),
      ...outcomes(timed),
      ...healthMetric(samples),
      { name: 'failing_routes', value: failing.length, unit: 'count' },
    ],
    series: [
      {
        name: 'response_time_ms',
        unit: 'ms',
        points: answered.map(({ at, totalMs }) => ({ at, value: totalMs })),
      },
    ],
    tables: [toRouteTable(samples)],
    facts: {
      ...(failures.size > 0 && {
        failure: [...failures].map(describeFailure).join(', '),
        failure_code: [...failures].join(', '),
      }),
      ...(failing.length > 0 && { failing_routes: describeRoutes(failing, taken) }),
      statuses: countStatuses(timed),
    },
    gaps: [...p95Gaps(answered), ...samplingGaps(samples, timed, planned)],
    windowMs: Math.max(0, (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)),
  };
}

/** A request that timed out took at least so long; one that was refused says nothing of the response time. */
function hasTime({ status, failure }: Sample): boolean {
  return failure === 'TIMEOUT' || (status !== undefined && failure === undefined);
}

/**
 * Routes, health among them, that failed each time they were asked, at least twice: one answer that fails says little.
 * Where nothing listens once is enough.
 */
function failingRoutes(samples: readonly Sample[]): readonly Route[] {
  const least = isBrokenOff(samples) ? 1 : 2;
  return [...new Set(samples.map(({ route }) => route))].filter((route) => {
    const own = samples.filter((sample) => sample.route === route);
    return own.length >= least && own.every(isError);
  });
}

function describeRoutes(routes: readonly Route[], samples: readonly Sample[]): string {
  const named = routes
    .slice(0, MOST_NAMED)
    .map(
      (route) => `GET ${route.path} (${countStatuses(samples.filter((sample) => sample.route === route))})`,
    );
  const more = routes.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function responseTimes(samples: readonly Sample[]): readonly Metric[] {
  const times = samples.map(({ totalMs }) => totalMs);
  return [
    ...metric('response_time_p50_ms', percentile(times, 0.5), 'ms'),
    ...metric('response_time_p95_ms', p95(times), 'ms'),
    ...metric('response_time_max_ms', percentile(times, 1), 'ms'),
  ];
}

function outcomes(timed: readonly Sample[]): readonly Metric[] {
  if (timed.length === 0) return [];
  const errorRate = timed.filter(isError).length / timed.length;
  const bodies = timed.filter(({ failure, status }) => failure === undefined && status !== undefined);
  const bytes = bodies.reduce((sum, sample) => sum + sample.bytes, 0);
  return [
    { name: 'error_rate', value: errorRate, unit: 'ratio' },
    { name: 'availability', value: 1 - errorRate, unit: 'ratio' },
    ...metric('response_bytes_mean', bodies.length > 0 ? bytes / bodies.length : undefined, 'bytes'),
  ];
}

function healthMetric(samples: readonly Sample[]): readonly Metric[] {
  const health = samples.find(({ route }) => route.isHealth);
  if (health === undefined) return [];
  const isOk = health.status !== undefined && health.status >= 200 && health.status < 300 && !health.failure;
  return [{ name: 'health_ok', value: isOk ? 1 : 0, unit: 'count' }];
}

function p95Gaps(answered: readonly Sample[]): readonly Gap[] {
  if (answered.length === 0 || answered.length >= LEAST_SAMPLES_FOR_P95) return [];
  return [
    {
      what: 'response_time_p95_ms',
      reason: `p95 not estimable from ${answered.length} answers; the maximum stands instead`,
      mend: `give the probe at least ${LEAST_SAMPLES_FOR_P95} requests and the time for them`,
    },
  ];
}

function toRouteTable(samples: readonly Sample[]): Table {
  const routes = [...new Set(samples.map(({ route }) => route))];
  const rows = routes.map((route) => {
    const own = samples.filter((sample) => sample.route === route);
    const times = own.filter(hasTime).map(({ totalMs }) => totalMs);
    return [
      `GET ${route.path}`,
      own.length,
      percentile(times, 0.5) ?? null,
      p95(times) ?? null,
      percentile(times, 1) ?? null,
      own.filter(isError).length,
      countStatuses(own),
    ];
  });
  return {
    name: 'routes',
    title: 'Routes',
    columns: [
      { name: 'route', title: 'Route' },
      { name: 'requests', title: 'Requests', unit: 'count' },
      { name: 'p50_ms', title: 'p50', unit: 'ms' },
      { name: 'p95_ms', title: 'p95', unit: 'ms' },
      { name: 'max_ms', title: 'Max', unit: 'ms' },
      { name: 'errors', title: 'Errors', unit: 'count' },
      { name: 'statuses', title: 'Answers' },
    ],
    rows: rows.sort((a, b) => Number(b[4] ?? 0) - Number(a[4] ?? 0)),
  };
}

function countStatuses(samples: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { status, failure } of samples) {
    const key = failure === undefined ? String(status) : describeFailure(failure);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}

function metric(name: string, value: number | undefined, unit: Unit): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}
