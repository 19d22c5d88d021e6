import { z } from 'zod';

/** Answers of Jaeger's APIs: v3 as OTLP JSON (protocol buffers as JSON: zero values are left out), v1 as its own. */

const AnyValue = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.union([z.string(), z.number()]).optional(),
  boolValue: z.boolean().optional(),
});

const Attributes = z
  .array(z.object({ key: z.string(), value: AnyValue.nullish() }))
  .nullish()
  .transform((attributes) =>
    Object.fromEntries(
      (attributes ?? []).map(({ key, value }) => [
        key,
        String(value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue ?? ''),
      ]),
    ),
  );

/** An enum comes as its number or its name. */
const Enum = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => value ?? 0);

/** 64 bits do not fit into a JSON number; they come as text. */
const Nanoseconds = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()])
  .nullish()
  .transform((value) => BigInt(value ?? 0));

const OtlpSpan = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullish(),
  name: z.string().default(''),
  kind: Enum,
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  status: z.object({ code: Enum }).nullish(),
});
export type OtlpSpan = z.infer<typeof OtlpSpan>;

const ResourceSpans = z
  .array(
    z.object({
      resource: z.object({ attributes: Attributes }).nullish(),
      scopeSpans: z.array(z.object({ spans: z.array(OtlpSpan).nullish() })).nullish(),
    }),
  )
  .nullish()
  .transform((resources) => resources ?? []);

/** `GET /api/v3/traces`: wrapped as the gateway does, or bare as in some older releases. */
export const V3Traces = z.union([
  z
    .object({ result: z.object({ resourceSpans: ResourceSpans }) })
    .transform(({ result }) => result.resourceSpans),
  z.object({ resourceSpans: ResourceSpans }).transform(({ resourceSpans }) => resourceSpans),
]);
export type V3Traces = z.infer<typeof V3Traces>;

/** `GET /api/v3/services`. */
export const V3Services = z
  .object({ services: z.array(z.string()).nullish() })
  .transform(({ services }) => services ?? []);

/** What v3 says of a request that it refuses. */
export const V3Error = z.object({ error: z.object({ message: z.string() }) });

const V1Span = z.object({
  traceID: z.string(),
  spanID: z.string(),
  operationName: z.string().default(''),
  references: z
    .array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() }))
    .nullish()
    .transform((references) => references ?? []),
  /** Microseconds. */
  startTime: z.number(),
  duration: z.number(),
  tags: z
    .array(z.object({ key: z.string(), value: z.unknown() }))
    .nullish()
    .transform((tags) =>
      Object.fromEntries((tags ?? []).map(({ key, value }) => [key, String(value ?? '')])),
    ),
  processID: z.string(),
});
export type V1Span = z.infer<typeof V1Span>;

/** `GET /api/traces`. */
export const V1Traces = z.object({
  data: z
    .array(
      z.object({
        spans: z.array(V1Span),
        processes: z.record(z.string(), z.object({ serviceName: z.string() })),
      }),
    )
    .nullish()
    .transform((data) => data ?? []),
});
export type V1Traces = z.infer<typeof V1Traces>;

/** `GET /api/services`. */
export const V1Services = z
  .object({ data: z.array(z.string()).nullish() })
  .transform(({ data }) => data ?? []);
