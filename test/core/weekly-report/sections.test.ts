import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWeekSlot } from '../../../src/core/monitor/week-slot.ts';
import { availabilities, availabilitySection } from '../../../src/core/weekly-report/availability-section.ts';
import { buildWeeklyReport } from '../../../src/core/weekly-report/build-weekly-report.ts';
import { capacitySection } from '../../../src/core/weekly-report/capacity-section.ts';
import { endpointSection } from '../../../src/core/weekly-report/endpoint-section.ts';
import { incidentSection, type WeekIncident } from '../../../src/core/weekly-report/incident-section.ts';
import { kpiSection } from '../../../src/core/weekly-report/kpi-section.ts';
import { kpiWeeks, WEEK_METRICS, type WeekStats } from '../../../src/core/weekly-report/kpi-week.ts';
import { reportWeek } from '../../../src/core/weekly-report/report-week.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEK = reportWeek(Date.parse('2026-11-23T10:00:00Z'), 'UTC');
const FULL = 7 * 288;

function stats(metric: string, p95: number, more: Partial<WeekStats> = {}): WeekStats {
  const ms = metric.endsWith('_ms');
  return {
    target: 'container:api',
    label: '',
    service: 'api',
    metric,
    unit: ms ? 'ms' : metric.endsWith('per_minute') ? 'per_minute' : 'ratio',
    points: FULL,
    median: p95 * 0.8,
    p95,
    mean: p95,
    ...more,
  };
}
const API = { name: 'api', kpis: {} };

describe('the KPIs of a week', () => {
  const rows: readonly [string, readonly WeekStats[], readonly WeekStats[], object][] = [
    [
      'got worse and misses its target',
      [stats('cpu_ratio', 0.9)],
      [stats('cpu_ratio', 0.4)],
      { direction: 'worse', missed: true, comparable: true },
    ],
    [
      'got worse within its target',
      [stats('cpu_ratio', 0.6)],
      [stats('cpu_ratio', 0.4)],
      { direction: 'worse', missed: false },
    ],
    ['got better', [stats('cpu_ratio', 0.3)], [stats('cpu_ratio', 0.6)], { direction: 'better' }],
    ['changed by noise', [stats('cpu_ratio', 0.42)], [stats('cpu_ratio', 0.4)], { direction: 'same' }],
    [
      'less traffic is worse',
      [stats('throughput_per_minute', 500)],
      [stats('throughput_per_minute', 2000)],
      { direction: 'worse', goal: undefined, missed: false },
    ],
    [
      'a quarter of a point of availability',
      [stats('availability', 0.9965)],
      [stats('availability', 0.999)],
      { direction: 'worse', missed: true },
    ],
    [
      'no week before',
      [stats('cpu_ratio', 0.6)],
      [],
      { comparable: false, direction: 'same', before: undefined },
    ],
    [
      'only some hours of the week before',
      [stats('cpu_ratio', 0.6)],
      [stats('cpu_ratio', 0.2, { points: 100 })],
      { comparable: false, direction: 'same' },
    ],
    [
      'not measured any more',
      [],
      [stats('cpu_ratio', 0.6)],
      { now: undefined, missed: false, comparable: false },
    ],
    ['no number', [stats('cpu_ratio', Number.NaN)], [stats('cpu_ratio', 0.6)], {}],
  ];
  it.each(rows)('%s', (_name, now, before, expected) => {
    const [found] = kpiWeeks(now, before, [API]);
    if (Object.keys(expected).length > 0) expect(found).toMatchObject(expected);
    expect(JSON.stringify(kpiSection(found ? [found] : [], [], WEEK))).not.toMatch(/NaN|Infinity/);
  });

  it('takes the 95th percentile of Prometheus where there is one, and the worst of several containers', () => {
    const found = kpiWeeks(
      [
        stats('response_time_p50_ms', 900, { target: 'http:api' }),
        stats('response_time_p95_ms', 300, { target: 'prometheus:api' }),
        stats('cpu_ratio', 0.2, { target: 'container:api-1' }),
        stats('cpu_ratio', 0.5, { target: 'container:api-2' }),
      ],
      [],
      [API],
    );
    expect(found.map(({ kpi, target, now }) => [kpi, target, now])).toEqual([
      ['response_time_p95', 'prometheus:api', 300],
      ['cpu', 'container:api-2', 0.5],
    ]);
  });

  it('prefers what the service counts of all requests, and says what it used instead', () => {
    const own = [
      stats('error_rate', 0.3, { target: 'http:api' }),
      stats('response_time_p50_ms', 40, { target: 'http:api' }),
    ];
    const seen = [
      stats('error_rate', 0.002, { target: 'prometheus:api' }),
      stats('response_time_p95_ms', 900, { target: 'prometheus:api' }),
      stats('throughput_per_minute', 1200, { target: 'prometheus:api' }),
    ];
    const rowsOf = (now: readonly WeekStats[]) => kpiSection(kpiWeeks(now, [], [API]), [], WEEK);
    const with_ = rowsOf([...own, ...seen]);
    expect(with_.tables[0]?.rows.map((row) => [row[1], row[2]])).toEqual([
      ['Response time (p95)', '900 ms'],
      ['Throughput (typical)', '960/min'],
      ['Error rate', '0.2 %'],
    ]);
    expect(with_.unavailable.map(({ reason }) => reason).join()).not.toContain('instead');
    const without = rowsOf(own);
    expect(without.tables[0]?.rows.map((row) => row[1])).toEqual([
      'Error rate (own requests)',
      'Response time (own requests)',
    ]);
    expect(without.unavailable[0]).toMatchObject({
      service: 'api',
      reason: expect.stringMatching(/own three requests instead.*nothing of throughput/),
      mend: expect.stringContaining('PROMETHEUS_URL'),
    });
  });

  it('names a service that is gone, and says when there is nothing to compare with', () => {
    const gone = kpiSection(kpiWeeks([], [stats('cpu_ratio', 0.6)], [API]), [], WEEK);
    expect(gone.unavailable[0]).toMatchObject({
      service: 'api',
      reason: expect.stringContaining('measured last week'),
    });
    expect(gone.tables[0]?.rows).toEqual([
      ['api', 'CPU (p95)', 'not measured', '60 %', 'not enough history', 'too little history', '80 %'],
    ]);
    const young = kpiSection(kpiWeeks([stats('cpu_ratio', 0.6)], [], [API]), [], WEEK);
    expect(young.unavailable[0]?.reason).toContain('a day of measurements');
    expect(kpiSection([], [], WEEK).unavailable[0]?.reason).toContain('Nothing was measured');
  });

  it('draws this week over the last one, moved by seven days', () => {
    const points = (from: number) =>
      [0, 1, 2, 3].map((hour) => ({ at: from + hour * 60 * MINUTE, value: 0.5 }));
    const course = {
      target: 'container:api',
      metric: 'cpu_ratio',
      now: points(WEEK.from),
      before: points(WEEK.before.from),
      usual: {
        values: [0, 1, 2].map((slot) => ({
          slot: slot === 2 ? -1 : slot,
          median: 0.2 + slot / 10,
          mad: 0.01,
          points: 36,
          weeks: 3,
        })),
        slotOf: createWeekSlot('UTC'),
      },
    };
    const [chart] = kpiSection(
      kpiWeeks([stats('cpu_ratio', 0.9)], [stats('cpu_ratio', 0.4)], [API]),
      [course],
      WEEK,
    ).charts;
    expect(chart).toMatchObject({
      kind: 'time',
      title: 'CPU (p95) of api: 90 % (+50 points)',
      threshold: { value: 0.8, label: 'target 80 %', bound: 'max' },
      lines: [
        { label: 'last week', points: points(WEEK.from) },
        { label: 'this week', emphasis: true },
      ],
      band: {
        label: 'usual 37 % – 43 %',
        points: [0.2, 0.3, 0.4].map((median, hour) => ({
          at: WEEK.from + hour * 60 * MINUTE,
          lower: expect.closeTo(median - 0.03, 2),
          upper: expect.closeTo(median + 0.03, 2),
        })),
      },
    });
    expect(chart?.alt).toContain('at the end, hour by hour within 17 % – 43 %');
  });
});

describe('availability', () => {
  const of = (mean: number, more: Partial<WeekStats> = {}, kpis = {}) =>
    availabilities([stats('availability', mean, more)], WEEK, [{ name: 'api', kpis }]);

  it.each([
    ['all is well', of(1), '0 s', '10 min of 10 min'],
    ['half of the budget', of(0.9995), '5 min', '5 min of 10 min'],
    ['spent', of(0.99), '101 min', 'none, 91 min over'],
    ['a target of 100 %', of(0.9999, {}, { availability: 1 }), '60 s', 'none, 60 s over'],
    ['a target of 100 %, kept', of(1, {}, { availability: 1 }), '0 s', '0 s of 0 s'],
    ['one day measured', of(0.999, { points: 288 }), '86 s', '9 min of 10 min'],
  ])('%s', (_name, found, away, left) => {
    const [table] = availabilitySection(found, WEEK).tables;
    expect(table?.rows[0]?.slice(3, 5)).toEqual([away, left]);
    expect(JSON.stringify(availabilitySection(found, WEEK))).not.toMatch(/NaN|Infinity/);
  });

  it('goes by the container where there is no URL, and puts the most used budget first', () => {
    const found = availabilities(
      [stats('running', 1, { service: 'redis' }), stats('running', 0.5), stats('availability', 0.9)],
      WEEK,
      [],
    );
    expect(found.map(({ service, source, share }) => [service, source, share])).toEqual([
      ['api', 'availability', 0.9],
      ['redis', 'running', 1],
    ]);
    const { remarks, tables } = availabilitySection(found, WEEK);
    expect(remarks.map(({ text }) => text)).toEqual([
      'Error budget of api is spent: away 16 h 48 min, 10 min allowed (90 % available)',
    ]);
    expect(tables[0]?.rows[1]?.[0]).toBe('redis (container)');
    expect(availabilitySection([], WEEK).unavailable).toHaveLength(1);
  });
});

describe('capacity', () => {
  const share = (metric: string, from: number, perDay: number, count = 20) => ({
    target: `t:${metric}`,
    metric,
    label: '',
    service: 'host',
    daily: Array.from({ length: count }, (_, day) => ({ at: day * DAY, value: from + perDay * day })),
  });

  it('puts the nearest limit first and draws it with its interval', () => {
    const { remarks, tables, charts } = capacitySection([
      share('memory_used_ratio', 0.5, 0),
      share('disk_used_ratio', 0.5, 0.01),
      share('connections_ratio', 0.2, 0.02, 3),
    ]);
    expect(tables[0]?.rows.map((row) => [row[1], row[4]])).toEqual([
      ['Disk', 'full in 31 days (31 to 31)'],
      ['Memory', 'no trend'],
      ['Connections', 'too little history: 3 days, 7 are needed'],
    ]);
    expect(remarks).toMatchObject([{ kind: 'worse', severity: 'warning' }]);
    expect(charts[0]).toMatchObject({ kind: 'time', threshold: { value: 1, label: 'limit' } });
    expect(charts[0]?.kind === 'time' && charts[0].lines.map(({ label }) => label)).toEqual([
      'at the fastest',
      'at the slowest',
      'likely',
      'measured',
    ]);
  });

  it('tells each file system by its name, and the memory of Redis from that of its container', () => {
    const memory = { metric: 'memory_ratio', label: '', service: 'cache', daily: [{ at: 0, value: 0.4 }] };
    const { tables, charts, remarks } = capacitySection([
      share('disk_used_ratio', 0.7, 0.01),
      { ...share('disk_used_ratio', 0.7, 0.01), label: '/data' },
      { ...share('disk_used_ratio', 0.2, 0.01), label: '/' },
      { ...memory, target: 'container:cache' },
      { ...memory, target: 'redis:cache' },
    ]);
    expect(tables[0]?.rows.map((row) => row[1])).toEqual([
      'Disk /data',
      'Disk /',
      'Memory',
      'Memory (Redis maxmemory)',
    ]);
    expect(remarks.map(({ text }) => text)).toEqual([expect.stringContaining('Disk /data of host')]);
    expect(new Set(charts.map(({ id }) => id)).size).toBe(2);
    expect(charts[0]?.title).toMatch(/^Disk \/data of host: full in/);
  });

  it('says what was not measured', () => {
    expect(capacitySection([share('memory_ratio', 0.5, 0)]).unavailable.map(({ reason }) => reason)).toEqual([
      'No disk of a host was measured.',
      'No connections of a database were measured.',
    ]);
    expect(capacitySection([]).unavailable).toHaveLength(1);
  });
});

describe('incidents', () => {
  const incident = (more: Partial<WeekIncident> = {}): WeekIncident => ({
    service: 'api',
    title: 'HighCPUUsage',
    severity: 'critical',
    startedAt: WEEK.from + DAY,
    resolvedAt: WEEK.from + DAY + 30 * MINUTE,
    cause: { id: 'container.cpu_throttled', title: 'CPU limit is too low' },
    verdictAt: WEEK.from + DAY + 80_000,
    ...more,
  });

  it('are counted by service and alert, the worst first, within the week', () => {
    const { tables, remarks, charts } = incidentSection(
      [
        incident({ severity: 'warning', title: 'HighMemoryUsage', cause: undefined, verdictAt: undefined }),
        incident(),
        incident({ resolvedAt: undefined, startedAt: WEEK.to - 60 * MINUTE }),
        incident({
          service: undefined,
          title: 'Watchdog',
          startedAt: WEEK.from - DAY,
          resolvedAt: WEEK.from + MINUTE * 5,
        }),
      ],
      1,
      WEEK,
    );
    expect(tables[0]?.rows).toEqual([
      ['api', 'HighCPUUsage', '2, still firing', '90 min', 'CPU limit is too low', expect.any(String)],
      ['no service', 'Watchdog', '1', '5 min', 'CPU limit is too low', expect.any(String)],
      ['api', 'HighMemoryUsage', '1', '30 min', 'not found', null],
    ]);
    expect(remarks[0]?.text).toBe(
      '4 incidents, last week 1; worst: HighCPUUsage of api for 90 min, because CPU limit is too low',
    );
    expect(charts[0]).toMatchObject({ kind: 'bars', bars: [{ label: 'api' }, { label: 'no service' }] });
  });

  it('are nothing to speak of when there were none', () => {
    expect(incidentSection([], 0, WEEK)).toEqual({ remarks: [], tables: [], charts: [], unavailable: [] });
    expect(incidentSection([], 3, WEEK).remarks[0]?.text).toBe('0 incidents, last week 3');
  });
});

describe('the report', () => {
  const build = (now: readonly WeekStats[], before: readonly WeekStats[]) => {
    const weeks = kpiWeeks(now, before, [API]);
    return buildWeeklyReport({
      runId: 'r',
      week: WEEK,
      service: undefined,
      sections: [kpiSection(weeks, [], WEEK)],
      comparable: weeks.some(({ comparable }) => comparable),
      startedAt: 0,
      finishedAt: 5,
    });
  };

  it.each([
    [[stats('cpu_ratio', 0.9)], [stats('cpu_ratio', 0.4)], '1 thing got worse this week', 'warning'],
    [[stats('cpu_ratio', 0.4)], [stats('cpu_ratio', 0.4)], 'Nothing changed much this week', 'ok'],
    [
      [stats('cpu_ratio', 0.4)],
      [stats('cpu_ratio', 0.7)],
      'Nothing got worse this week; 1 thing got better',
      'ok',
    ],
    [
      [stats('cpu_ratio', 0.9)],
      [stats('cpu_ratio', 0.9)],
      'Nothing got worse this week; 1 target is still missed',
      'warning',
    ],
    [[stats('cpu_ratio', 0.4)], [], 'There is no week before to compare with yet', 'ok'],
    [[], [], 'Nothing was measured in this week and in the one before', 'unknown'],
  ] as const)('says the point first', (now, before, verdict, severity) => {
    expect(build(now, before)).toMatchObject({ verdict, severity, playbook: 'trends-week' });
  });

  it('never says NaN, whatever was measured', () => {
    const number = fc.oneof(
      fc.double({ min: -1e15, max: 1e15 }),
      fc.double({ min: 0, max: 2 }),
      fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const any = fc.record({
      target: fc.constantFrom('a', 'b', 'prometheus:a'),
      label: fc.constantFrom('', 'GET /a', '/b'),
      service: fc.constantFrom('api', 'db'),
      metric: fc.constantFrom(...WEEK_METRICS),
      unit: fc.constantFrom('ratio' as const, 'ms' as const),
      points: fc.nat(3000),
      median: number,
      p95: number,
      mean: number,
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), fc.array(any, { maxLength: 8 }), (now, before) => {
        const { verdict, digest, tables, charts } = build(now, before);
        const found = [
          availabilitySection(availabilities(now, WEEK, []), WEEK),
          endpointSection(now, before, []),
        ];
        expect(JSON.stringify({ verdict, digest, tables, charts, found })).not.toMatch(/NaN|Infinity|null %/);
      }),
    );
  });
});
