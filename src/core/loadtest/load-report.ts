import type { Table } from '../evidence.ts';
import { type KpiTargets, kpiTarget } from '../kpi.ts';
import type { EvidenceTable, KeyNumber, Report } from '../report.ts';
import { type Severity, worst } from '../severity.ts';
import { formatValue } from '../unit.ts';
import { loadCharts } from './load-charts.ts';
import { sizeOf } from './load-profile.ts';
import { failedShare, type Latency, type LoadResult, type LoadTest } from './load-test.ts';

/** Below this share of the asked rate the target, not the plan, has set the pace. */
const KEPT_UP = 0.9;
/** Later than this the sender itself may have made answers look slow. */
const LATE_MS = 100;
/** A change of a percentile that is worth a word. */
const NOTABLE = 0.2;

const ROWS: readonly { readonly title: string; readonly of: keyof Latency }[] = [
  { title: 'p50', of: 'p50Ms' },
  { title: 'p90', of: 'p90Ms' },
  { title: 'p95', of: 'p95Ms' },
  { title: 'p99', of: 'p99Ms' },
  { title: 'slowest', of: 'maxMs' },
];

/** The test, what it came to, and the last one of the same service and profile. */
export interface LoadReportInput {
  readonly test: LoadTest;
  readonly result: LoadResult;
  readonly kpis: KpiTargets;
  readonly before: LoadTest | undefined;
}

/** The report of a test that came to no result. Pure. */
export function failedToStart(test: LoadTest, reason: string, at: number): Report {
  return {
    ...shell(test),
    durationMs: at - test.createdAt,
    severity: 'unknown',
    verdict: `No result: ${reason}.`,
    numbers: [],
    tables: [],
    charts: [],
  };
}

/** The report of a load test: verdict by the targets of the service, percentiles beside those of the last test. Pure. */
export function loadReport(input: LoadReportInput): Report {
  const { test, result } = input;
  const numbers = numbersOf(input);
  const severity = worst([
    ...numbers.map((number) => number.severity),
    severityOf(test.stop),
    keptUp(result) ? 'ok' : 'warning',
  ]);
  return {
    ...shell(test),
    durationMs: result.durationMs,
    severity,
    verdict: verdictOf(input, severity),
    numbers,
    tables: [percentiles(input), outcomes(input)],
    charts: result.windows.length < 2 ? [] : loadCharts(input),
  };
}

function shell({ id, plan, createdAt }: LoadTest) {
  return {
    runId: id,
    playbook: `loadtest-${plan.profile}`,
    title: `Load test ${plan.title}`,
    service: plan.service,
    overview: false,
    startedAt: createdAt,
    services: [],
    causes: [],
    ruledOut: [],
    findings: [],
    unavailable: [],
    nextSteps: [],
  };
}

/** Only what ended it because of the target speaks against the target. */
function severityOf(stop: LoadTest['stop']): Severity {
  if (stop === undefined || stop.kind === 'person') return 'ok';
  return stop.kind === 'stopping' || stop.kind === 'busy' ? 'unknown' : 'critical';
}

/** True when the target took what was asked of it. */
function keptUp({ asked, answered }: LoadResult): boolean {
  return asked === 0 || answered / asked >= KEPT_UP;
}

function numbersOf({ result, kpis, before }: LoadReportInput): readonly KeyNumber[] {
  const judged = (value: number, target: number): Severity => (value > target ? 'warning' : 'ok');
  const slow = kpiTarget(kpis, 'response_time_p95');
  const wrong = kpiTarget(kpis, 'error_rate');
  const share = failedShare(result);
  const usual = before?.result?.latency?.p95Ms;
  return [
    ...(result.latency === undefined
      ? []
      : [
          {
            title: 'p95',
            value: result.latency.p95Ms,
            unit: 'ms' as const,
            severity: judged(result.latency.p95Ms, slow),
            target: slow,
            ...(usual !== undefined && { usual }),
          },
        ]),
    { title: 'Failed', value: share, unit: 'ratio', severity: judged(share, wrong), target: wrong },
    {
      title: 'Answered',
      value: rate(result.answered, result),
      unit: 'per_second',
      severity: keptUp(result) ? 'ok' : 'warning',
    },
  ];
}

function rate(count: number, { durationMs }: LoadResult): number {
  return durationMs === 0 ? 0 : count / (durationMs / 1000);
}

function verdictOf({ test, result, kpis, before }: LoadReportInput, severity: Severity): string {
  const { service } = test.plan;
  const pace = `${formatValue(result.answered, 'count')} of ${formatValue(result.asked, 'count')} requests answered`;
  if (test.stop !== undefined) {
    const who = test.stop.kind === 'person' ? 'Stopped by a person' : `Stopped: ${test.stop.reason}`;
    return `${who}, after ${formatValue(result.durationMs, 'ms')} of ${formatValue(sizeOf(test.plan.stages).durationMs, 'ms')}. ${pace}.`;
  }
  if (result.latency === undefined) return `${service} answered nothing: ${pace}.`;
  const p95 = formatValue(result.latency.p95Ms, 'ms');
  const change = changeSince(result.latency, before);
  if (!keptUp(result))
    return `${service} does not keep up: ${pace}. The 95th percentile is ${p95}, the waiting counted.${change}`;
  if (severity === 'ok') return `${service} keeps up: ${pace}, the 95th percentile is ${p95}.${change}`;
  const slow = result.latency.p95Ms > kpiTarget(kpis, 'response_time_p95');
  const failed = formatValue(failedShare(result), 'ratio');
  return slow
    ? `${service} is too slow under this load: the 95th percentile is ${p95}, target ${formatValue(kpiTarget(kpis, 'response_time_p95'), 'ms')}.${change}`
    : `${service} fails under this load: ${failed} of the requests, target ${formatValue(kpiTarget(kpis, 'error_rate'), 'ratio')}.${change}`;
}

function changeSince(latency: Latency, before: LoadTest | undefined): string {
  const old = before?.result?.latency?.p95Ms;
  if (old === undefined || old <= 0) return '';
  const change = latency.p95Ms / old - 1;
  if (Math.abs(change) < NOTABLE) return ' About as last time.';
  const words = change > 0 ? 'slower' : 'faster';
  return ` ${formatValue(Math.abs(change), 'ratio')} ${words} than last time (${formatValue(old, 'ms')}).`;
}

function percentiles({ test, result, before }: LoadReportInput): EvidenceTable {
  const old = before?.result?.latency;
  const rows = ROWS.map(({ title, of }) => [title, result.latency?.[of] ?? null, old?.[of] ?? null]);
  return {
    ...source(test),
    name: 'percentiles',
    title:
      before === undefined
        ? 'Response times, from when each request was due'
        : 'Response times, from when each request was due, and last time',
    columns: [
      { name: 'part', title: 'Of all' },
      { name: 'now', title: 'Now', unit: 'ms' },
      ...(before === undefined ? [] : [{ name: 'before', title: 'Last time', unit: 'ms' as const }]),
    ],
    rows: before === undefined ? rows.map((row) => row.slice(0, 2)) : rows,
  };
}

function outcomes({ test, result }: LoadReportInput): EvidenceTable {
  const late: Table['rows'] =
    result.senderLateMs > LATE_MS
      ? [[`perfbot itself was late by up to ${formatValue(result.senderLateMs, 'ms')}`, null]]
      : [];
  return {
    ...source(test),
    name: 'outcomes',
    title: 'What became of the requests',
    columns: [
      { name: 'outcome', title: 'Outcome' },
      { name: 'count', title: 'Requests', unit: 'count' },
    ],
    rows: [
      ['asked for', result.asked],
      ...result.outcomes.map(({ outcome, count }) => [outcome, count] as const),
      ...late,
    ],
  };
}

function source({ plan }: LoadTest) {
  return { probe: 'loadtest', service: plan.service };
}
