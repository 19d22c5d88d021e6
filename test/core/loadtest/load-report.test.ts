import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/inventory/service.ts';
import { failedToStart, loadReport } from '../../../src/core/loadtest/load-report.ts';
import type { LoadResult, LoadTest } from '../../../src/core/loadtest/load-test.ts';
import { planLoad } from '../../../src/core/loadtest/plan-load.ts';

const AT = Date.parse('2026-11-02T09:00:00Z');
const LATENCY = { p50Ms: 20, p90Ms: 60, p95Ms: 100, p99Ms: 300, maxMs: 420 };
const RESULT: LoadResult = {
  durationMs: 60_000,
  asked: 600,
  answered: 598,
  serverErrors: 0,
  unanswered: 0,
  latency: LATENCY,
  outcomes: [{ outcome: 'answered 2xx', count: 598 }],
  windows: [0, 1, 2].map((second) => ({
    fromMs: second * 1000,
    durationMs: 1000,
    asked: 10,
    answered: 10,
    serverErrors: 0,
    unanswered: 0,
    p50Ms: 20,
    p95Ms: 100,
  })),
  senderLateMs: 3,
};
const TEST: LoadTest = {
  id: 'h1',
  plan: {
    service: 'shop-api',
    profile: 'light',
    title: 'Light load',
    zone: 'default',
    baseUrl: 'http://127.0.0.1:3001',
    paths: ['/api/items'],
    stages: [{ durationMs: 60_000, ratePerSecond: 10 }],
    stop: { errorRate: 0.05, p95Ms: 4000, throttledRatio: 0.25 },
  },
  state: 'running',
  requestedBy: 'U1',
  channel: 'C1',
  createdAt: AT,
  result: undefined,
  stop: undefined,
  finishedAt: undefined,
};
const told = (result: Partial<LoadResult>, test: Partial<LoadTest> = {}, before?: LoadTest) =>
  loadReport({ test: { ...TEST, ...test }, result: { ...RESULT, ...result }, kpis: {}, before });

describe('the report of a load test', () => {
  it('says that a service keeps up, with its percentiles and pictures', () => {
    const report = told({});
    expect(report).toMatchObject({ severity: 'ok', playbook: 'loadtest-light', service: 'shop-api' });
    expect(report.verdict).toBe(
      'shop-api keeps up: 598 of 600 requests answered, the 95th percentile is 100 ms.',
    );
    expect(report.tables[0]?.rows).toContainEqual(['p95', 100]);
    expect(report.charts.map(({ id }) => id)).toEqual([
      'loadtest-latency-shop-api',
      'loadtest-rate-shop-api',
    ]);
  });

  it.each<[string, Partial<LoadResult>, string, RegExp]>([
    [
      'too slow',
      { latency: { ...LATENCY, p95Ms: 2500 } },
      'warning',
      /too slow under this load: .* 2.5 s, target 2 s/,
    ],
    ['failing', { serverErrors: 30 }, 'warning', /fails under this load: 5.02 % of the requests, target 1 %/],
    ['slower than asked', { answered: 300 }, 'warning', /does not keep up: 300 of 600 requests answered/],
  ])('%s', (_name, result, severity, verdict) => {
    const report = told(result);
    expect(report.severity).toBe(severity);
    expect(report.verdict).toMatch(verdict);
  });

  it('compares with the last test', () => {
    const before = { ...TEST, result: { ...RESULT, latency: { ...LATENCY, p95Ms: 50 } } };
    const report = told({}, {}, before);
    expect(report.verdict).toContain('100 % slower than last time (50 ms)');
    expect(report.tables[0]?.rows).toContainEqual(['p95', 100, 50]);
    expect(told({}, {}, { ...TEST, result: RESULT }).verdict).toContain('About as last time.');
  });

  it('says why it ended early', () => {
    const throttled = told({}, { stop: { kind: 'throttled', reason: 'the container is held back' } });
    expect(throttled).toMatchObject({ severity: 'critical' });
    expect(throttled.verdict).toMatch(/^Stopped: the container is held back, after 60 s of 60 s\./);
    const person = told({}, { stop: { kind: 'person', reason: '', by: 'U2' } });
    expect(person).toMatchObject({ severity: 'ok' });
    expect(person.verdict).toMatch(/^Stopped by a person/);
    const withdrawn = told(
      {},
      { stop: { kind: 'stopping', reason: 'services.yaml does not allow it any more' } },
    );
    expect(withdrawn).toMatchObject({ severity: 'unknown' });
    expect(withdrawn.verdict).toMatch(/^Stopped: services.yaml does not allow it any more/);
  });

  it('tells of no answer at all without making up a percentile', () => {
    const { latency: _none, ...silent } = RESULT;
    const report = loadReport({
      test: TEST,
      result: { ...silent, answered: 0, unanswered: 40, windows: [] },
      kpis: {},
      before: undefined,
    });
    expect(report.verdict).toBe('shop-api answered nothing: 0 of 600 requests answered.');
    expect(report.tables[0]?.rows).toContainEqual(['p95', null]);
    expect(report.charts).toEqual([]);
    expect(failedToStart(TEST, 'nobody listens there', AT + 5)).toMatchObject({
      severity: 'unknown',
      verdict: 'No result: nobody listens there.',
    });
  });

  it('names a sender that was late itself', () => {
    const rows = told({ senderLateMs: 250 }).tables[1]?.rows.map(([outcome]) => outcome);
    expect(rows).toContain('perfbot itself was late by up to 250 ms');
  });
});

describe('what may be put under load', () => {
  const service: Service = {
    name: 'shop-api',
    role: 'node',
    source: 'configured',
    targets: [
      {
        kind: 'http',
        id: 'http:shop-api',
        service: 'shop-api',
        zone: 'eu',
        baseUrl: 'http://x:1',
        paths: [],
      },
    ],
    dependsOn: [],
    environment: 'Staging',
    kpis: { response_time_p95: 500 },
    aliases: [],
    gaps: [],
  };
  const profile = {
    name: 'light',
    title: 'Light',
    stages: [{ durationMs: 1000, ratePerSecond: 5 }],
    parts: [],
    paths: [],
    stop: { errorRate: 0.05, p95Ms: undefined, throttledRatio: 0.25 },
    leftOut: [],
  };
  it('a service whose environment allows it, stopped at twice its target', () => {
    expect(planLoad(service, profile)).toMatchObject({
      zone: 'eu',
      paths: ['/'],
      stop: { p95Ms: 1000, errorRate: 0.05 },
    });
  });
  const { environment: _environment, ...unknown } = service;
  it.each<[string, Service, RegExp]>([
    ['production', { ...service, environment: 'production' }, /runs in `production`: no load test/],
    ['no environment', unknown, /may be production/],
    ['no address', { ...service, targets: [] }, /has no address/],
  ])('%s is refused, with the line that mends it', (_name, known, problem) => {
    const refusal = planLoad(known, profile);
    expect('problem' in refusal && refusal.problem).toMatch(problem);
    expect('mend' in refusal && refusal.mend).toMatch(/services\.yaml/);
  });
});
