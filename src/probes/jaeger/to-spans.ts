import type { Span } from '../../core/traces/span.ts';
import { toSpan } from '../../core/traces/to-span.ts';
import type { OtlpSpan, V1Span, V1Traces, V3Traces } from './schemas.ts';

const KINDS: Readonly<Record<string, Span['kind']>> = {
  2: 'server',
  3: 'client',
  4: 'producer',
  5: 'consumer',
  SPAN_KIND_SERVER: 'server',
  SPAN_KIND_CLIENT: 'client',
  SPAN_KIND_PRODUCER: 'producer',
  SPAN_KIND_CONSUMER: 'consumer',
  server: 'server',
  client: 'client',
  producer: 'producer',
  consumer: 'consumer',
};

/** Spans out of an answer of API v3. */
export function fromV3(resources: V3Traces): readonly Span[] {
  return resources.flatMap(({ resource, scopeSpans }) => {
    const service = resource?.attributes['service.name'] ?? 'unknown';
    return (scopeSpans ?? []).flatMap(({ spans }) => (spans ?? []).map((span) => fromOtlp(service, span)));
  });
}

function fromOtlp(service: string, span: OtlpSpan): Span {
  const { startTimeUnixNano: start, endTimeUnixNano: end, status } = span;
  return toSpan({
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentId: span.parentSpanId ? toHex(span.parentSpanId) : undefined,
    service,
    operation: span.name,
    kind: KINDS[String(span.kind)] ?? 'internal',
    startMs: toMs(start),
    durationMs: end > start ? toMs(end - start) : 0,
    isError: status?.code === 2 || status?.code === 'STATUS_CODE_ERROR',
    attributes: span.attributes,
  });
}

/** To the microsecond: more does not fit into a number of milliseconds since the epoch. */
function toMs(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1000;
}

/** Ids are hexadecimal in OTLP JSON, and base64 where a gateway took them for bytes. */
function toHex(id: string): string {
  if (/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(id)) return id.toLowerCase();
  const bytes = Buffer.from(id, 'base64');
  return bytes.length === 8 || bytes.length === 16 ? bytes.toString('hex') : id;
}

/** Spans out of an answer of API v1. */
export function fromV1({ data }: V1Traces): readonly Span[] {
  return data.flatMap(({ spans, processes }) =>
    spans.map((span) => fromV1Span(processes[span.processID]?.serviceName ?? 'unknown', span)),
  );
}

function fromV1Span(service: string, span: V1Span): Span {
  const parent = span.references.find(
    ({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID,
  );
  return toSpan({
    traceId: span.traceID,
    spanId: span.spanID,
    parentId: parent?.spanID,
    service,
    operation: span.operationName,
    kind: KINDS[span.tags['span.kind'] ?? ''] ?? 'internal',
    startMs: span.startTime / 1000,
    durationMs: span.duration / 1000,
    isError: span.tags.error === 'true' || span.tags['otel.status_code'] === 'ERROR',
    attributes: span.tags,
  });
}
