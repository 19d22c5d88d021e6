import { z } from 'zod';
import type { ChartSpec } from '../core/chart.ts';
import { InputError } from '../core/errors.ts';
import { UNITS } from '../core/unit.ts';

/** Milliseconds since the epoch that a calendar can show. */
const Moment = z.number().min(-8.64e15).max(8.64e15);
/** NaN and infinity are "not measured": a gap. */
const Value = z.custom<number>((value) => typeof value === 'number', 'must be a number');
const Points = z.array(z.object({ at: Moment, value: Value })).max(20_000);

const Base = {
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be fit for a file name'),
  title: z.string().min(1),
  alt: z.string().min(1).max(2000),
};
const WithUnit = {
  ...Base,
  unit: z.enum(UNITS),
  threshold: z
    .object({ value: z.number(), label: z.string(), bound: z.enum(['max', 'min']).optional() })
    .optional(),
};
const Range = { lower: z.number(), upper: z.number() };
const Time = z.object({
  ...WithUnit,
  kind: z.literal('time'),
  lines: z.array(z.object({ label: z.string(), points: Points, emphasis: z.boolean().optional() })),
  band: z
    .object({
      ...Range,
      label: z.string(),
      points: z
        .array(z.object({ at: Moment, ...Range }))
        .max(20_000)
        .optional(),
    })
    .optional(),
  marks: z.array(
    z.object({ at: Moment, label: z.string(), kind: z.enum(['onset', 'change', 'breach', 'resolved']) }),
  ),
});
const Bars = z.object({
  ...WithUnit,
  kind: z.literal('bars'),
  bars: z.array(z.object({ label: z.string(), value: Value, emphasis: z.boolean().optional() })),
});
const Panels = z.object({ ...Base, kind: z.literal('panels'), panels: z.array(Time) });
const Flame = z.object({
  ...Base,
  kind: z.literal('flame'),
  measure: z.string(),
  frames: z
    .array(
      z.object({
        depth: z.int().min(0),
        start: z.number().min(0).max(1),
        width: z.number().min(0).max(1),
        label: z.string(),
        place: z.string(),
        origin: z.enum(['own', 'package', 'runtime']),
        emphasis: z.enum(['finding', 'path']).optional(),
      }),
    )
    .max(2000),
  note: z.string().optional(),
});
const Spec = z.discriminatedUnion('kind', [Time, Bars, Panels, Flame]);

/**
 * Checks what is to be drawn before a worker is asked.
 * @throws InputError that names each problem with its path
 */
export function checkCharts(charts: readonly ChartSpec[]): void {
  const problems = charts.flatMap((chart, index) => {
    const result = Spec.safeParse(chart);
    return (result.error?.issues ?? []).map(({ path, message }) => ({
      path: ['charts', index, ...path].join('.'),
      message,
    }));
  });
  if (problems.length === 0) return;
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new InputError(`A chart cannot be drawn: ${list}`, problems);
}
