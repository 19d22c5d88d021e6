import { z } from 'zod';

/** A sample as Prometheus sends it: seconds and a number as text (`NaN`, `+Inf` included). */
const SampleValue = z.tuple([z.number(), z.string()]);

const LabelSet = z.record(z.string(), z.string());

/** `data` of `/api/v1/query`. Only vectors and scalars: nothing here asks for ranges or strings that way. */
export const InstantResult = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: LabelSet, value: SampleValue })),
  }),
  z.object({ resultType: z.literal('scalar'), result: SampleValue }),
]);

/** `data` of `/api/v1/query_range`. */
export const RangeResult = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: LabelSet, values: z.array(SampleValue) })),
});

/** `data` of `/api/v1/label/<name>/values`. */
export const LabelValues = z.array(z.string());

/** `data` of `/api/v1/targets?state=active`. `scrapeInterval` exists since 2.27. */
export const ActiveTargets = z.object({
  activeTargets: z.array(
    z.object({
      labels: LabelSet,
      health: z.string(),
      lastError: z.string().default(''),
      scrapeInterval: z.string().optional(),
    }),
  ),
});

/** The envelope of every answer. */
export const Envelope = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
