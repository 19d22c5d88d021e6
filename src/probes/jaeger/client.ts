import type { z } from 'zod';
import { type Trace, toTraces } from '../../core/traces/span.ts';
import { createHttpClient } from '../http-client.ts';
import { toUnknownFormError } from '../http-errors.ts';
import { JAEGER, type JaegerAnswer, MOST_BYTES, readValues, toRefusal } from './answer.ts';
import { V1Services, V1Traces, V3Services, V3Traces } from './schemas.ts';
import { fromV1, fromV3 } from './to-spans.ts';

export interface TraceQuery {
  /** As the service calls itself in its traces. */
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly minDurationMs: number;
  readonly limit: number;
}

/** Reads one Jaeger, by its API v3 or, where it has none, v1. Every call rejects with a ProbeError, or with the reason of the signal. */
export interface JaegerClient {
  /** Names under which services report traces. */
  services(signal: AbortSignal): Promise<readonly string[]>;
  traces(query: TraceQuery, signal: AbortSignal): Promise<readonly Trace[]>;
  close(): Promise<void>;
}

export interface JaegerClientOptions {
  /** Base URL; user and password in it become basic authentication. */
  readonly url: string;
  /** Time for one call, default 5000. */
  readonly timeoutMs?: number;
}

/** Opens a client for one Jaeger; it connects at the first call. */
export function createJaegerClient({ url, timeoutMs = 5000 }: JaegerClientOptions): JaegerClient {
  const http = createHttpClient({ server: JAEGER, url, timeoutMs, mostBytes: MOST_BYTES });
  const get = async (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) =>
    readValues(await http.send({ path, query, headers: { accept: 'application/json' } }, signal));

  /** Asked anew each time: a Jaeger may be updated while perfbot runs. Unknown routes answer 404, or the page of the UI. */
  async function servicesWith(signal: AbortSignal) {
    const answer = await get('/api/v3/services', {}, signal);
    if (answer.status === 200 && answer.values !== undefined)
      return { api: 'v3', services: parse(V3Services, answer) } as const;
    if (answer.status !== 404 && answer.status !== 200) throw toRefusal(answer);
    const older = await get('/api/services', {}, signal);
    return { api: 'v1', services: parse(V1Services, succeeded(older)) } as const;
  }

  return {
    services: async (signal) => (await servicesWith(signal)).services,
    async traces(query, signal) {
      const { api } = await servicesWith(signal);
      if (api === 'v1')
        return toTraces(
          fromV1(parse(V1Traces, succeeded(await get('/api/traces', toV1Query(query), signal)))),
        );
      const answer = await get('/api/v3/traces', toV3Query(query), signal);
      // v3 has this way of saying that there is none.
      if (answer.status === 404) return [];
      const { values = [] } = succeeded(answer);
      return toTraces(values.flatMap((value) => fromV3(parse(V3Traces, { ...answer, values: [value] }))));
    },
    close: () => http.close(),
  };
}

/** Times are required, in RFC 3339; names as every version from 1.60 on knows them. */
function toV3Query({ service, from, to, minDurationMs, limit }: TraceQuery): Record<string, string> {
  return {
    'query.service_name': service,
    'query.start_time_min': new Date(from).toISOString(),
    'query.start_time_max': new Date(to).toISOString(),
    ...(minDurationMs > 0 && { 'query.duration_min': `${Math.round(minDurationMs)}ms` }),
    'query.num_traces': String(limit),
  };
}

/** Times in microseconds. */
function toV1Query({ service, from, to, minDurationMs, limit }: TraceQuery): Record<string, string> {
  return {
    service,
    start: String(Math.round(from * 1000)),
    end: String(Math.round(to * 1000)),
    ...(minDurationMs > 0 && { minDuration: `${Math.round(minDurationMs)}ms` }),
    limit: String(limit),
  };
}

function succeeded(answer: JaegerAnswer): JaegerAnswer {
  if (answer.status !== 200) throw toRefusal(answer);
  return answer;
}

function parse<T>(schema: z.ZodType<T>, { values }: JaegerAnswer): T {
  const result = schema.safeParse(values?.[0]);
  if (result.success) return result.data;
  throw toUnknownFormError(JAEGER, result.error);
}
