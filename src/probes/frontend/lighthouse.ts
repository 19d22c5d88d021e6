import { z } from 'zod';
import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Unit } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { Browser } from './browser.ts';
import { type LighthouseResult, runLighthouse } from './run-lighthouse.ts';

const MOST_ROWS = 12;
/** Savings below this are noise of the simulation. */
const LEAST_SAVING_MS = 100;

const LighthouseParams = z.strictObject({
  path: z
    .string()
    .regex(/^\/(?!\/)/, 'write a path that begins with one slash')
    .default('/')
    .describe('the page, below the URL of the service'),
  runs: z.int().min(1).max(5).default(1).describe('audits; the median of each number counts'),
  form_factor: z
    .enum(['mobile', 'desktop'])
    .default('mobile')
    .describe('mobile simulates a slow phone on slow 4G, as Lighthouse does by default'),
});
type LighthouseParams = z.infer<typeof LighthouseParams>;

/** Metric, audit that gives it, unit. */
const METRICS: readonly (readonly [string, string, Unit])[] = [
  ['lcp_ms', 'largest-contentful-paint', 'ms'],
  ['fcp_ms', 'first-contentful-paint', 'ms'],
  ['tbt_ms', 'total-blocking-time', 'ms'],
  ['cls', 'cumulative-layout-shift', 'count'],
  ['speed_index_ms', 'speed-index', 'ms'],
  ['server_response_ms', 'server-response-time', 'ms'],
  ['total_bytes', 'total-byte-weight', 'bytes'],
];

/** A page in a real browser, as Lighthouse audits it. It puts load on this machine and on the page. */
export function frontendLighthouseProbe(browser: Browser): Probe<'http', LighthouseParams> {
  return {
    name: 'frontend.lighthouse',
    title: 'Page in a browser (Lighthouse)',
    targetKind: 'http',
    cost: 'heavy',
    timeoutMs: 120_000,
    params: LighthouseParams,
    async collect({ target, params, signal }) {
      signal.throwIfAborted();
      const base = new URL(target.baseUrl);
      const url = new URL(`${base.pathname.replace(/\/$/, '')}${params.path}`, base);
      const results: LighthouseResult[] = [];
      while (results.length < params.runs)
        results.push(await runLighthouse({ url, formFactor: params.form_factor, browser, signal }));
      return toObservation(results, url);
    },
  };
}

function toObservation(results: readonly LighthouseResult[], url: URL): Observation {
  const [first] = results;
  const missing = METRICS.filter(([, audit]) => valuesOf(results, audit).length === 0);
  return {
    metrics: [
      ...METRICS.flatMap(([name, audit, unit]) => toMetric(name, unit, valuesOf(results, audit))),
      ...score(results),
    ],
    tables: [toTable(results)],
    facts: {
      page: url.pathname,
      runs: String(results.length),
      ...(first && {
        profile: `${first.configSettings.formFactor}, ${first.configSettings.throttlingMethod}d network`,
        lighthouse: first.lighthouseVersion,
        browser: /(?:Headless)?Chrom\w*\/[\d.]+/.exec(first.environment.hostUserAgent)?.[0] ?? 'unknown',
      }),
    },
    gaps: missing.map(([name]) => ({ what: name, reason: 'Lighthouse could not measure it on this page' })),
    windowMs: 0,
  };
}

function score(results: readonly LighthouseResult[]): readonly Metric[] {
  const scores = results.flatMap(({ categories }) => categories.performance?.score ?? []);
  return toMetric('performance_score', 'ratio', scores);
}

function valuesOf(results: readonly LighthouseResult[], audit: string): readonly number[] {
  return results.flatMap(({ audits }) => audits[audit]?.numericValue ?? []);
}

function toMetric(name: string, unit: Unit, values: readonly number[]): readonly Metric[] {
  const value = median(values);
  return value === undefined ? [] : [{ name, value, unit }];
}

/** What would help most, by the simulated time to the largest paint. */
function toTable(results: readonly LighthouseResult[]): Table {
  const ids = [...new Set(results.flatMap(({ audits }) => Object.keys(audits)))];
  const rows = ids
    .flatMap((id) => {
      const seen = results.flatMap(({ audits }) => audits[id] ?? []);
      const [audit] = seen;
      if (audit?.details?.type !== 'opportunity') return [];
      const savedMs = median(seen.map(({ details }) => details?.overallSavingsMs ?? 0)) ?? 0;
      const savedBytes = median(seen.map(({ details }) => details?.overallSavingsBytes ?? 0)) ?? 0;
      return savedMs < LEAST_SAVING_MS ? [] : [{ id, title: audit.title, savedMs, savedBytes }];
    })
    .sort((a, b) => b.savedMs - a.savedMs);
  return {
    name: 'opportunities',
    title: 'What would make the page faster',
    columns: [
      { name: 'title', title: 'Change' },
      { name: 'saved_ms', title: 'Time saved', unit: 'ms' },
      { name: 'saved_bytes', title: 'Bytes saved', unit: 'bytes' },
      { name: 'audit', title: 'Audit' },
    ],
    ...topRows(rows, MOST_ROWS, ({ id, title, savedMs, savedBytes }) => [
      title,
      savedMs,
      savedBytes || null,
      id,
    ]),
  };
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
