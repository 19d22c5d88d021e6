import type { z } from 'zod';
import { createHttpClient } from '../http-client.ts';
import { MOST_BYTES, PROMETHEUS, parseAnswer } from './answer.ts';
import { ActiveTargets, InstantResult, LabelValues, RangeResult } from './schemas.ts';

/** Numbers over time of one label set; times in milliseconds since the epoch. NaN and infinities are kept. */
export interface LabelledSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** A scrape target: what Prometheus can see of a service. */
export interface ScrapeTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly isUp: boolean;
  readonly lastError: string;
  /** For example `15s`; absent before Prometheus 2.27. */
  readonly scrapeInterval?: string;
}

interface RangeQuery {
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** Reads one Prometheus. Every call rejects with a ProbeError, or with the reason of the signal. */
export interface PrometheusClient {
  /** Label sets that an instant query answers at `at`, each with one point. */
  query(query: string, at: number, signal: AbortSignal): Promise<readonly LabelledSeries[]>;
  queryRange(range: RangeQuery, signal: AbortSignal): Promise<readonly LabelledSeries[]>;
  metricNames(signal: AbortSignal): Promise<readonly string[]>;
  scrapeTargets(signal: AbortSignal): Promise<readonly ScrapeTarget[]>;
  close(): Promise<void>;
}

interface PrometheusClientOptions {
  /** Base URL; user and password in it become basic authentication. */
  readonly url: string;
  /** Time for one call, default 5000. */
  readonly timeoutMs?: number;
}

type Fields = Readonly<Record<string, string>>;

/** Prometheus refuses more points than this for one series. */
const MOST_POINTS = 11_000;

/** Opens a client for one Prometheus; it connects at the first call. Queries go by POST, for they may be long. */
export function createPrometheusClient({ url, timeoutMs = 5000 }: PrometheusClientOptions): PrometheusClient {
  const http = createHttpClient({ server: PROMETHEUS, url, timeoutMs, mostBytes: MOST_BYTES });
  // Prometheus gives up first, and says so.
  const headersTimeoutMs = timeoutMs + 500;
  const get = async <T>(schema: z.ZodType<T>, path: string, signal: AbortSignal) =>
    parseAnswer(schema, await http.send({ path: `/api/v1/${path}`, headersTimeoutMs }, signal));
  const post = async <T>(schema: z.ZodType<T>, path: string, fields: Fields, signal: AbortSignal) => {
    const form = { ...fields, timeout: `${timeoutMs}ms` };
    return parseAnswer(schema, await http.send({ path: `/api/v1/${path}`, form, headersTimeoutMs }, signal));
  };
  return {
    async query(query, at, signal) {
      const data = await post(InstantResult, 'query', { query, time: String(at / 1000) }, signal);
      if (data.resultType === 'scalar') return [{ labels: {}, points: [toPoint(data.result)] }];
      return data.result.map(({ metric, value }) => ({ labels: metric, points: [toPoint(value)] }));
    },
    async queryRange({ query, from, to, stepMs }, signal) {
      const step = Math.max(stepMs, Math.ceil((to - from) / MOST_POINTS));
      const times = { start: String(from / 1000), end: String(to / 1000), step: String(step / 1000) };
      const data = await post(RangeResult, 'query_range', { query, ...times }, signal);
      return data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(toPoint) }));
    },
    metricNames: (signal) => get(LabelValues, 'label/__name__/values', signal),
    async scrapeTargets(signal) {
      const { activeTargets } = await get(ActiveTargets, 'targets?state=active', signal);
      return activeTargets.map(({ labels, health, lastError, scrapeInterval }) => ({
        labels,
        isUp: health === 'up',
        lastError,
        ...(scrapeInterval !== undefined && { scrapeInterval }),
      }));
    },
    close: () => http.close(),
  };
}

function toPoint([seconds, value]: readonly [number, string]) {
  return { at: seconds * 1000, value: toNumber(value) };
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
