import { z } from 'zod';
import { KPI_NAMES } from '../kpi.ts';
import { Duration, parseDuration, parseRatio } from '../quantity.ts';
import { SEVERITIES } from '../severity.ts';
import { SYMPTOMS } from './symptom.ts';

/** `2s` to 2000 (ms), `80%` to 0.8, a plain number as it is: always in the unit of the metric. */
const Quantity = z.union([z.number(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const parsed = value.includes('%') ? parseRatio(value) : (parseDuration(value) ?? numberOf(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: 'custom',
    message: `"${value}" is not a number, a share (80%) or a duration (2s)`,
  });
  return z.NEVER;
});

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
}

/** When a metric is bad. Several conditions: any of them is enough. */
const Threshold = z
  .strictObject({
    above: Quantity.optional().describe('bad when the value is greater'),
    below: Quantity.optional().describe('bad when the value is smaller'),
    times_usual: z
      .number()
      .positive()
      .optional()
      .describe('bad when the value is this many times the usual one'),
    kpi: z
      .enum(KPI_NAMES)
      .optional()
      .describe('bad when the value misses the target of the service for this KPI'),
  })
  .refine((threshold) => Object.values(threshold).some((value) => value !== undefined), {
    message: 'write at least one of above, below, times_usual, kpi',
  });
export type Threshold = z.infer<typeof Threshold>;

const MetricName = z
  .string()
  .regex(/^[a-z]+\.[a-z_]+\/[a-z0-9_]+$/, 'write probe/metric, for example docker.stats/cpu_ratio');

export const CheckDefinition = z
  .strictObject({
    title: z.string().min(1).describe('what is judged, in words'),
    metric: MetricName.describe('probe and metric, for example docker.stats/cpu_ratio'),
    warning: Threshold.optional(),
    critical: Threshold.optional(),
    advice: z.string().optional().describe('what to do when it is bad'),
  })
  .refine(({ warning, critical }) => warning !== undefined || critical !== undefined, {
    message: 'a check needs a warning or a critical threshold',
  });
export type CheckDefinition = z.infer<typeof CheckDefinition>;

/**
 * Where a probe looks: at the service itself, what it depends on, both, the nginx in front of it (narrowed to what
 * that passes to it), the host, or everything there is.
 */
const Scope = z.enum(['service', 'dependencies', 'system', 'proxies', 'host', 'all']);
export type Scope = z.infer<typeof Scope>;

const ProbeUse = z.strictObject({
  probe: z.string().regex(/^[a-z]+\.[a-z_]+$/, 'a probe is named source.what, for example docker.stats'),
  on: Scope.default('system'),
  with: z.record(z.string(), z.unknown()).default({}).describe('parameters of the probe'),
  timeout: Duration.optional().describe('deadline of this probe, for example 5s'),
});
export type ProbeUse = z.infer<typeof ProbeUse>;

const PlaybookStep = z.strictObject({
  title: z.string().min(1).max(60).describe('what people see while it runs'),
  probes: z.array(ProbeUse).min(1),
});

/** All labels of one entry must match; a value is the exact text or `{ regex: … }` (anchored, as in Prometheus). */
const AlertMatcher = z
  .record(z.string(), z.union([z.string(), z.strictObject({ regex: z.string() })]))
  .superRefine((matcher, context) => {
    for (const [label, value] of Object.entries(matcher)) {
      if (typeof value === 'string') continue;
      try {
        new RegExp(value.regex);
      } catch {
        context.addIssue({
          code: 'custom',
          path: [label, 'regex'],
          message: `"${value.regex}" is not a regular expression`,
        });
      }
    }
  });
export type AlertMatcher = z.infer<typeof AlertMatcher>;

const PlaybookAdvice = z.strictObject({
  title: z.string().min(1),
  why: z.string().optional(),
  command: z
    .string()
    .optional()
    .describe('to be copied; {service} and {container} are those of the check that `if` names'),
  risk: z.string().optional(),
  undo: z.string().optional(),
  when: z.enum(SEVERITIES).default('warning').describe('shown when the run is at least this severe'),
  if: MetricName.optional().describe(
    'metric of a check of this playbook: shown only when that is a warning or worse (with when: ok: when it was measured)',
  ),
});
/** A next step of a playbook. */
export type PlaybookAdvice = z.infer<typeof PlaybookAdvice>;

/** The content of a playbook file, before it gets its name from the file. */
export const PlaybookDefinition = z.strictObject({
  title: z.string().min(1).max(80),
  description: z.string().min(1).describe('when to use it'),
  triggers: z
    .strictObject({
      alerts: z.array(AlertMatcher).default([]).describe('any entry may match'),
      symptoms: z.array(z.enum(SYMPTOMS)).default([]),
      fallback: z.boolean().default(false).describe('runs for alerts that no other playbook matches'),
    })
    .default({ alerts: [], symptoms: [], fallback: false }),
  overview: z.boolean().default(false).describe('report one line per service instead of a diagnosis'),
  explains: z
    .array(
      z
        .string()
        .regex(
          /^[a-z]+\.([a-z0-9_]+\*?|\*)$/,
          'write a cause id or its beginning, for example container.cpu_*',
        ),
    )
    .default([])
    .describe('causes that can explain the trouble of this playbook; none named: every cause can'),
  deadline: Duration.default(60_000).describe('the whole run ends by then, for example 60s'),
  steps: z.array(PlaybookStep).min(1),
  checks: z.array(CheckDefinition).default([]),
  next_steps: z
    .array(PlaybookAdvice)
    .default([])
    .describe('advice of the playbook itself, shown when no cause has any'),
});
export type PlaybookDefinition = z.infer<typeof PlaybookDefinition>;

/** A playbook as it runs: the definition under the name of its file. */
export interface Playbook extends PlaybookDefinition {
  readonly name: string;
}
