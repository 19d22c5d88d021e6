import { describe, expect, it } from 'vitest';
import type { Evidence, Metric } from '../../../src/core/evidence.ts';
import type { KpiTargets } from '../../../src/core/kpi.ts';
import { ruleKey } from '../../../src/core/monitor/alert-rule.ts';
import type { AlertState } from '../../../src/core/monitor/alert-state.ts';
import { defaultRules } from '../../../src/core/monitor/default-rules.ts';
import { isInhibited, judgeEvidence } from '../../../src/core/monitor/judge-evidence.ts';

const MINUTE = 60_000;
const INTERVAL = MINUTE / 2;

type Values = Readonly<Record<string, number>>;

function evidenceOf(probe: string, values: Values, at: number): Evidence {
  const metrics = Object.entries(values).map(([name, value]): Metric => ({ name, value, unit: 'count' }));
  const source = { probe, target: 'target:api', targetKind: 'http' as const, service: 'api' };
  return {
    ...source,
    status: 'collected',
    collectedAt: at,
    durationMs: 1,
    metrics,
    facts: {},
    tables: [],
    series: [],
    gaps: [],
  };
}

/** What fires after each of the samples, as `alertname/severity`, without what is held back. */
function firing(probe: string, kpis: KpiTargets, samples: readonly Values[]): readonly string[] {
  const states = new Map<string, AlertState>();
  let last: readonly string[] = [];
  for (const [index, values] of samples.entries()) {
    const all = judgeEvidence(
      { kpis, source: 'configured' },
      evidenceOf(probe, values, index * INTERVAL),
      (key) => states.get(key),
    );
    for (const { key, after } of all) states.set(key, after);
    last = all
      .filter((one) => one.after.phase === 'firing' && !isInhibited(one, all))
      .map(({ rule }) => `${rule.alertname}/${rule.severity}`);
  }
  return last;
}

const of = (minutes: number, values: Values): readonly Values[] =>
  Array.from({ length: (minutes * MINUTE) / INTERVAL + 1 }, () => values);

const BUSY = { throughput_per_minute: 600, error_rate: 0, response_time_p95_ms: 100 };
const WANTED = { throughput_per_minute: 1000 };

describe('the rules for requests', () => {
  it.each<[string, string, KpiTargets, readonly Values[], readonly string[]]>([
    [
      'slow',
      'prometheus.query',
      {},
      of(2, { ...BUSY, response_time_p95_ms: 2100 }),
      ['HighResponseTime/warning'],
    ],
    ['slow, not yet', 'prometheus.query', {}, of(1.5, { ...BUSY, response_time_p95_ms: 2100 }), []],
    [
      'slow by its own target',
      'prometheus.query',
      { response_time_p95: 200 },
      of(2, { ...BUSY, response_time_p95_ms: 210 }),
      ['HighResponseTime/warning'],
    ],
    [
      'errors over the target',
      'prometheus.query',
      {},
      of(5, { ...BUSY, error_rate: 0.02 }),
      ['HighErrorRate/warning'],
    ],
    [
      'a route that fails each time, in two looks',
      'http.timing',
      { error_rate: 0.1 },
      of(0.5, { error_rate: 0.05, availability: 0.95, failing_routes: 1 }),
      ['HighErrorRate/critical'],
    ],
    [
      'a route that failed in one look',
      'http.timing',
      {},
      [
        { error_rate: 0.05, failing_routes: 1 },
        { error_rate: 0, failing_routes: 0 },
        { error_rate: 0.05, failing_routes: 1 },
      ],
      [],
    ],
    [
      'a route that fails beside most of the others',
      'http.timing',
      {},
      of(2, { error_rate: 0.6, availability: 0.4, failing_routes: 3 }),
      ['LowAvailability/critical'],
    ],
    ['errors, not yet', 'prometheus.query', {}, of(4.5, { ...BUSY, error_rate: 0.02 }), []],
    [
      'five times the target',
      'prometheus.query',
      {},
      of(5, { ...BUSY, error_rate: 0.06 }),
      ['HighErrorRate/critical'],
    ],
    [
      'half of all where five times the target is more than all',
      'prometheus.query',
      { error_rate: 0.3 },
      of(2, { ...BUSY, error_rate: 0.6 }),
      ['HighErrorRate/critical'],
    ],
    [
      'a handful of requests',
      'prometheus.query',
      {},
      of(10, { throughput_per_minute: 3, error_rate: 0.5, response_time_p95_ms: 9000 }),
      [],
    ],
    [
      'one of three requests for long',
      'http.timing',
      {},
      of(2, { error_rate: 1 / 3 }),
      ['HighErrorRate/warning'],
    ],
    [
      'one of three requests, once',
      'http.timing',
      {},
      [...of(1, { error_rate: 1 / 3 }), { error_rate: 0 }],
      [],
    ],
    [
      'all requests: said once',
      'http.timing',
      {},
      of(5, { error_rate: 1, availability: 0 }),
      ['LowAvailability/critical'],
    ],
    [
      'throughput without a target',
      'prometheus.query',
      {},
      of(20, { ...BUSY, throughput_per_minute: 0 }),
      [],
    ],
    ['throughput below its target', 'prometheus.query', WANTED, of(10, BUSY), ['LowThroughput/warning']],
    ['throughput, not yet', 'prometheus.query', WANTED, of(9.5, BUSY), []],
    [
      'throughput just above its target again',
      'prometheus.query',
      WANTED,
      [...of(10, BUSY), ...of(3, { ...BUSY, throughput_per_minute: 1050 })],
      ['LowThroughput/warning'],
    ],
    [
      'throughput well above its target again',
      'prometheus.query',
      WANTED,
      [...of(10, BUSY), ...of(3, { ...BUSY, throughput_per_minute: 1150 })],
      [],
    ],
  ])('%s', (_, probe, kpis, samples, expected) => {
    expect(firing(probe, kpis, samples)).toEqual(expected);
  });

  it('have keys of their own, and come back on the fine side of their threshold', () => {
    const rules = defaultRules({ kpis: WANTED, source: 'configured' });
    expect(new Set(rules.map(ruleKey)).size).toBe(rules.length);
    for (const { bound, threshold, clear } of rules)
      expect(bound === 'max' ? clear <= threshold : clear >= threshold).toBe(true);
  });
});
