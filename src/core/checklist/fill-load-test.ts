import type { KpiTargets } from '../kpi.ts';
import { failedToStart, loadReport } from '../loadtest/load-report.ts';
import type { LoadTest } from '../loadtest/load-test.ts';
import type { Report } from '../report.ts';
import { compareSeverity, type Severity, worst } from '../severity.ts';
import type { FilledNumber, Filling } from './round.ts';

/** The last test of a service since the last round, and the one before it. */
export interface TestOfService {
  readonly test: LoadTest;
  readonly before: LoadTest | undefined;
  readonly kpis: KpiTargets;
  /** Address of its message. */
  readonly url: string | undefined;
}

/** What the load tests of a profile say about an item. */
export interface LoadTestFacts {
  readonly profile: string;
  /** Services that may be put under load. */
  readonly allowed: readonly string[];
  /** Why none may, when none may. */
  readonly refusal: string | undefined;
  readonly tests: readonly TestOfService[];
}

const KINDS: Readonly<Record<string, string>> = { p95: 'p95', Failed: 'failed', Answered: 'answered' };

/** What the tests came to; a service that may be tested and was not is not known to be fine. Pure. */
export function fillFromLoadTests({ profile, allowed, refusal, tests }: LoadTestFacts): Filling {
  const judged = tests.map((one) => ({ ...one, report: reportOf(one) }));
  const missing = allowed.filter((service) => !tests.some(({ test }) => test.plan.service === service));
  const numbers = judged.flatMap(numbersOf);
  const again = judged.filter(({ report }) => report.severity !== 'ok').map(({ test }) => test.plan.service);
  const offered = allowed.filter((service) => missing.includes(service) || again.includes(service));
  return {
    severity: worst([
      ...judged.map(({ report }) => report.severity),
      ...(missing.length > 0 || judged.length === 0 ? (['unknown'] as const) : []),
    ]),
    numbers,
    remarks: refusal === undefined ? [] : [refusal],
    measured: numbers.length,
    offending: numbers.filter(({ severity }) => compareSeverity(severity, 'unknown') > 0).length,
    unmeasured: missing.length,
    summary: summaryOf(tests.length, missing),
    results: judged.map(({ test, url, report }) => ({
      title: `Load test of ${test.plan.service} (${test.plan.profile})`,
      text: report.verdict,
      at: test.finishedAt ?? test.createdAt,
      ...(url !== undefined && { url }),
    })),
    ...(offered.length > 0 && { loadtest: { profile, services: offered } }),
  };
}

function reportOf({ test, before, kpis }: TestOfService): Report {
  if (test.result === undefined) {
    const reason = test.stop?.reason ?? 'it was lost with the worker that sent the load';
    return failedToStart(test, reason, test.finishedAt ?? test.createdAt);
  }
  return loadReport({ test, result: test.result, kpis, before });
}

function numbersOf({
  test,
  before,
  report,
}: TestOfService & { readonly report: Report }): readonly FilledNumber[] {
  const { service } = test.plan;
  const old = before?.result?.latency?.p95Ms;
  return report.numbers.map(({ title, value, unit, severity, target }) => ({
    title: title === 'p95' ? 'p95 under load' : title,
    service,
    target: `loadtest:${service}`,
    metric: `loadtest/${KINDS[title] ?? title}`,
    severity: severity ?? ('ok' satisfies Severity),
    value,
    unit,
    ...(target !== undefined && { threshold: target }),
    ...(title === 'p95' && old !== undefined && { before: old, beforeWhat: 'last test' }),
  }));
}

function summaryOf(tested: number, missing: readonly string[]): string {
  if (missing.length === 0) return '';
  const names = missing.join(', ');
  return tested === 0
    ? `No load test since the last round. May be tested: ${names}`
    : `Not tested since the last round: ${names}`;
}
