import { Agent, request } from 'undici';
import type { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { type Endpoint, toEndpoint } from '../endpoint.ts';
import { readJson, toHttpError, toRefusal, toTransportError } from './answer.ts';
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

/** Prometheus refuses more points than this for one series. */
const MOST_POINTS = 11_000;

/** Opens a client for one Prometheus; it connects at the first call. Queries go by POST, for they may be long. */
export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const { timeoutMs = 5000 } = options;
  const dispatcher = new Agent({ connectTimeout: timeoutMs });
  const call = createCall({ ...toEndpoint(options.url), dispatcher, timeoutMs });
  return {
    async query(query, at, signal) {
      const data = await call(InstantResult, 'query', signal, { query, time: String(at / 1000) });
      if (data.resultType === 'scalar') return [{ labels: {}, points: [toPoint(data.result)] }];
      return data.result.map(({ metric, value }) => ({ labels: metric, points: [toPoint(value)] }));
    },
    async queryRange({ query, from, to, stepMs }, signal) {
      const step = Math.max(stepMs, Math.ceil((to - from) / MOST_POINTS));
      const times = { start: String(from / 1000), end: String(to / 1000), step: String(step / 1000) };
      const data = await call(RangeResult, 'query_range', signal, { query, ...times });
      return data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(toPoint) }));
    },
    metricNames: (signal) => call(LabelValues, 'label/__name__/values', signal),
    async scrapeTargets(signal) {
      const { activeTargets } = await call(ActiveTargets, 'targets?state=active', signal);
      return activeTargets.map(({ labels, health, lastError, scrapeInterval }) => ({
        labels,
        isUp: health === 'up',
        lastError,
        ...(scrapeInterval !== undefined && { scrapeInterval }),
      }));
    },
    close: () => dispatcher.destroy(),
  };
}

/** One call to the API: with a form it is a POST. The answer passes its schema. */
type Call = <T>(
  schema: z.ZodType<T>,
  path: string,
  signal: AbortSignal,
  form?: Readonly<Record<string, string>>,
) => Promise<T>;

function createCall(options: Endpoint & { readonly dispatcher: Agent; readonly timeoutMs: number }): Call {
  const { base, authorization, dispatcher, timeoutMs } = options;
  return async (schema, path, signal, form) => {
    signal.throwIfAborted();
    try {
      const response = await request(`${base}/api/v1/${path}`, {
        dispatcher,
        signal,
        method: form ? 'POST' : 'GET',
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(form && { body: new URLSearchParams({ ...form, timeout: `${timeoutMs}ms` }).toString() }),
        // Prometheus gives up first, and says so.
        headersTimeout: timeoutMs + 500,
        bodyTimeout: timeoutMs,
      });
      if (response.statusCode === 401 || response.statusCode === 403) {
        await response.body.dump();
        throw toRefusal();
      }
      const content = await readJson(response.body);
      if (content.status === 'error') throw toHttpError(content);
      return parse(schema, content.data);
    } catch (error) {
      signal.throwIfAborted();
      throw toTransportError(error);
    }
  };
}

function toPoint([seconds, value]: readonly [number, string]) {
  return { at: seconds * 1000, value: toNumber(value) };
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function parse<T>(schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new ProbeError('invalid_response', 'Prometheus sent an unknown form of answer', {
    userMessage: 'Prometheus gave an answer that perfbot does not understand.',
    cause: result.error,
  });
}
