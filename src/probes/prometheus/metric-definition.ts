import { z } from 'zod';
import { UNITS } from '../../core/unit.ts';

/** One number to ask for: the query answers it in `unit`. */
export const MetricDefinition = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'write a metric name, for example queue_length'),
  unit: z.enum(UNITS),
  query: z
    .string()
    .min(1)
    .max(4000)
    .describe('PromQL; {{service}}, {{job}} and {{container}} stand for label values'),
});
export type MetricDefinition = z.infer<typeof MetricDefinition>;

/** A number that perfbot asks for by itself; `once`: only as it is now, since its window makes a series costly. */
export type FoundMetric = MetricDefinition & { readonly once?: boolean };
