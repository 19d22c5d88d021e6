import { describe, expect, it } from 'vitest';
import { endpointSection } from '../../../src/core/weekly-report/endpoint-section.ts';
import type { WeekStats } from '../../../src/core/weekly-report/kpi-week.ts';

const API = { name: 'api', kpis: {} };

function route(label: string, p95: number, more: Partial<WeekStats> = {}): WeekStats {
  return {
    target: 'http:api',
    metric: 'response_time_p50_ms',
    label,
    service: 'api',
    unit: 'ms',
    points: 2016,
    median: p95 / 2,
    p95,
    mean: p95,
    ...more,
  };
}
const seen = { target: 'prometheus:api', metric: 'response_time_p95_ms' };

describe('the slowest endpoints of a week', () => {
  it('come first, with their change and their source', () => {
    const { tables, charts } = endpointSection(
      [route('GET /items', 40), route('GET /orders', 800)],
      [route('GET /orders', 200)],
      [API],
    );
    expect(tables[0]?.rows).toEqual([
      ['api', 'GET /orders', '400 ms', '800 ms', '200 ms', '×4', "perfbot's own requests"],
      ['api', 'GET /items', '20 ms', '40 ms', null, 'too little history', "perfbot's own requests"],
    ]);
    expect(charts[0]).toMatchObject({
      kind: 'bars',
      title: 'Slowest endpoints of the week (p95): GET /orders 800 ms',
      threshold: { value: 2000 },
    });
  });

  it('are those of all requests where Prometheus tells them', () => {
    const { tables } = endpointSection(
      [
        route('GET /items', 4000),
        route('/items', 900, seen),
        route('/cart', 30, { ...seen, service: 'shop' }),
      ],
      [],
      [API],
    );
    expect(tables[0]?.rows.map((row) => [row[0], row[1], row[6]])).toEqual([
      ['api', '/items', 'Prometheus, p95'],
      ['shop', '/cart', 'Prometheus, p95'],
    ]);
  });

  const remarks: readonly [string, number, number | undefined, number, object | undefined][] = [
    ['slower and above the target', 3000, 500, 2016, { kind: 'worse', severity: 'warning' }],
    ['slower within the target', 900, 300, 2016, { kind: 'worse', severity: 'ok' }],
    ['faster', 300, 900, 2016, { kind: 'better', severity: 'ok' }],
    ['faster and still above the target', 2500, 5000, 2016, { kind: 'off', severity: 'warning' }],
    ['above the target as before', 2500, 2450, 2016, { kind: 'off' }],
    ['about the same', 310, 300, 2016, undefined],
    ['a few hours of last week only', 900, 300, 100, undefined],
    ['not there last week', 900, undefined, 0, undefined],
  ];
  it.each(remarks)('%s', (_name, now, before, points, expected) => {
    const earlier = before === undefined ? [] : [route('GET /a', before, { points })];
    const [found] = endpointSection([route('GET /a', now)], earlier, [API]).remarks;
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it('says when nothing was timed', () => {
    expect(endpointSection([], [], []).unavailable).toMatchObject([
      { probe: 'endpoints', mend: expect.stringContaining('paths') },
    ]);
  });
});
