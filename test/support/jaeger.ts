import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for Jaeger: there is none in Debian or npm. Its answers are built after Jaeger's own tests and handlers
 * (`apiv3/http_gateway.go`, `apiv3/snapshots`, `fixture/otlp2jaeger-out.json` of jaegertracing/jaeger): required times,
 * 404 for no traces, OTLP JSON under `result`, numbers of 64 bits as text, zero values left out, the page of the UI for
 * unknown routes. No real Jaeger has answered perfbot's tests.
 */
export interface JaegerStandIn {
  readonly url: string;
  /** Requests so far, path and query. */
  readonly asked: readonly URL[];
  close(): Promise<void>;
}

/** A span as a test writes it; times in milliseconds. */
export interface GivenSpan {
  readonly id: string;
  readonly parent?: string;
  readonly service: string;
  readonly name: string;
  readonly kind?: 1 | 2 | 3;
  readonly at: number;
  readonly took: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly error?: boolean;
}

export interface JaegerSetup {
  /** Traces by id (32 hexadecimal digits). */
  readonly traces: Readonly<Record<string, readonly GivenSpan[]>>;
  /** `v1` has no route of API v3, `v3` none of v1. */
  readonly api: 'v3' | 'v1' | 'v3-streamed' | 'v3-base64';
}

const KINDS = { 1: 'internal', 2: 'server', 3: 'client' } as const;

/** Starts the stand-in on a free port. */
export async function startJaeger({ traces, api }: JaegerSetup): Promise<JaegerStandIn> {
  const asked: URL[] = [];
  const services = [
    ...new Set(Object.values(traces).flatMap((spans) => spans.map(({ service }) => service))),
  ];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://jaeger');
    asked.push(url);
    const isV1 = api === 'v1';
    if (!isV1 && url.pathname === '/api/v3/services') return json(response, 200, { services });
    if (!isV1 && url.pathname === '/api/v3/traces') return answerV3(url, response, { traces, api });
    if (isV1 && url.pathname === '/api/services')
      return json(response, 200, {
        data: services,
        total: services.length,
        limit: 0,
        offset: 0,
        errors: null,
      });
    if (isV1 && url.pathname === '/api/traces') return answerV1(url, response, traces);
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Jaeger UI</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function found(traces: JaegerSetup['traces'], query: { service: string; minMs: number; limit: number }) {
  return Object.entries(traces)
    .filter(([, spans]) =>
      spans.some(({ service, took }) => service === query.service && took >= query.minMs),
    )
    .slice(0, query.limit);
}

function answerV3(url: URL, response: ServerResponse, { traces, api }: JaegerSetup): void {
  const query = (name: string) => url.searchParams.get(`query.${name}`) ?? '';
  for (const name of ['start_time_min', 'start_time_max']) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/.test(query(name))) {
      const message = `malformed parameter query.${name}`;
      json(response, 400, { error: { httpCode: 400, message } });
      return;
    }
  }
  const matching = found(traces, {
    service: query('service_name'),
    minMs: Number(/^(\d+)ms$/.exec(query('duration_min'))?.[1] ?? 0),
    limit: Number(query('num_traces')),
  });
  if (matching.length === 0) {
    json(response, 404, { error: { httpCode: 404, message: 'No traces found' } });
    return;
  }
  const results = matching.map(([traceId, spans]) => ({
    result: { resourceSpans: spans.map((span) => toResource(traceId, span, api === 'v3-base64')) },
  }));
  if (api === 'v3-streamed') {
    response.writeHead(200).end(results.map((result) => JSON.stringify(result)).join('\n'));
    return;
  }
  const resourceSpans = results.flatMap(({ result }) => result.resourceSpans);
  json(response, 200, { result: { resourceSpans } });
}

function toResource(traceId: string, span: GivenSpan, isBase64: boolean) {
  const id = (hex: string) => (isBase64 ? Buffer.from(hex, 'hex').toString('base64') : hex);
  const nanoseconds = (ms: number) => String(BigInt(Math.round(ms * 1000)) * 1000n + 123n);
  const attributes = Object.entries(span.attributes ?? {}).map(([key, value]) => ({
    key,
    value:
      typeof value === 'number'
        ? { intValue: String(value) }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { stringValue: value },
  }));
  return {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: span.service } }] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: id(traceId),
            spanId: id(span.id),
            ...(span.parent !== undefined && { parentSpanId: id(span.parent) }),
            name: span.name,
            ...(span.kind !== undefined && {
              kind: isBase64 ? `SPAN_KIND_${KINDS[span.kind].toUpperCase()}` : span.kind,
            }),
            startTimeUnixNano: nanoseconds(span.at),
            endTimeUnixNano: nanoseconds(span.at + span.took),
            ...(attributes.length > 0 && { attributes }),
            status: span.error ? { code: 2, message: 'failed' } : {},
          },
        ],
      },
    ],
  };
}

function answerV1(url: URL, response: ServerResponse, traces: JaegerSetup['traces']): void {
  const query = (name: string) => url.searchParams.get(name) ?? '';
  const matching = found(traces, {
    service: query('service'),
    minMs: Number(/^(\d+)ms$/.exec(query('minDuration'))?.[1] ?? 0),
    limit: Number(query('limit')),
  });
  const data = matching.map(([traceID, spans]) => ({
    traceID,
    spans: spans.map((span) => toV1Span(traceID, span)),
    processes: Object.fromEntries(
      spans.map(({ service }) => [`p-${service}`, { serviceName: service, tags: [] }]),
    ),
    warnings: null,
  }));
  json(response, 200, { data, total: 0, limit: 0, offset: 0, errors: null });
}

function toV1Span(traceID: string, span: GivenSpan) {
  const tags = Object.entries({
    ...span.attributes,
    'span.kind': KINDS[span.kind ?? 1],
    ...(span.error && { error: true }),
    'sampler.type': 'probabilistic',
    'sampler.param': 0.1,
  });
  return {
    traceID,
    spanID: span.id,
    operationName: span.name,
    references: span.parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID, spanID: span.parent }],
    startTime: Math.round(span.at * 1000),
    duration: Math.round(span.took * 1000),
    tags: tags.map(([key, value]) => ({ key, type: typeof value, value })),
    logs: [],
    processID: `p-${span.service}`,
    warnings: null,
  };
}
