import { z } from 'zod';
import { KPI_NAMES } from '../kpi.ts';

/** Most items of one checklist: more make a message that nobody reads, and that Slack refuses. */
const MOST_ITEMS = 20;

/** What settles an item: the findings that its playbooks come to. Without a choice all findings count. */
const FillFields = z.strictObject({
  playbooks: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'write the name of a playbook'))
    .max(8)
    .default([])
    .describe('playbooks that run for this item'),
  probes: z
    .array(z.string().regex(/^[a-z]+\.[a-z_]+$/, 'write the name of a probe, for example host.disk'))
    .max(6)
    .optional()
    .describe('probes that run for this item, each alone, over everything they can look at'),
  loadtest: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'write the name of a load profile')
    .optional()
    .describe(
      'load profile that people start from the item; what its tests came to since the last round fills it',
    ),
  history: z
    .enum(['trends', 'baselines', 'forecast'])
    .optional()
    .describe(
      'trends: the biggest changes of the week; baselines: perfbot computes the usual values again and names what moved; forecast: when disk, memory and connections reach their limit',
    ),
  kpis: z.array(z.enum(KPI_NAMES)).default([]).describe('KPIs whose findings count'),
  metrics: z
    .array(
      z
        .string()
        .regex(/^[a-z]+\.[a-z_]+\/[a-z0-9_]+$/, 'write probe/metric, for example redis.info/hit_ratio'),
    )
    .default([])
    .describe('metrics whose findings count, as probe/metric'),
  causes: z
    .array(z.string().regex(/^[a-z]+\.[a-z0-9_]+$/, 'write the id of a cause, for example db.missing_index'))
    .default([])
    .describe('causes that keep the item open when they are found'),
  settle: z
    .enum(['when_ok', 'never'])
    .default('when_ok')
    .describe(
      'when_ok: perfbot ticks the item when everything is fine; never: a person decides with the numbers',
    ),
});

/** What fills an item; at least one of its sources is named. */
const Fill = FillFields.refine(
  ({ playbooks, probes = [], loadtest, history }) =>
    playbooks.length + probes.length > 0 || loadtest !== undefined || history !== undefined,
  { message: 'write playbooks, probes, loadtest or history' },
);

/** Names of the runs that fill an item: its playbooks, and its probes, each of which is a playbook of its own. */
export function runsOf({
  playbooks,
  probes = [],
}: Pick<z.infer<typeof Fill>, 'playbooks' | 'probes'>): readonly string[] {
  return [...playbooks, ...probes];
}

const ChecklistItem = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower-case letters, digits and _, at most 40')
    .describe('stays the same for ever: trends and carried-over items are found by it'),
  title: z.string().trim().min(1).max(75).describe('what is to be done'),
  fill: Fill.optional().describe('how perfbot does the work; without it a person does'),
  person: z.string().trim().min(1).max(200).optional().describe('what is left to a person, in one sentence'),
  owner: z
    .string()
    .trim()
    .regex(/^[^<>@\n]{1,60}$/, 'write the id of a Slack user (U0123456789) or group (S0123456789), or a name')
    .optional()
    .describe('who takes care of it: id of a Slack user or user group, or a name, which is only shown'),
});
export type ChecklistItem = z.infer<typeof ChecklistItem>;

/** The content of a checklist file, before it gets its name from the file. */
export const ChecklistDefinition = z
  .strictObject({
    title: z.string().trim().min(1).max(60),
    description: z.string().trim().min(1).max(300).describe('when it is due, and for whom'),
    report: z.enum(['week']).optional().describe('week: the weekly report is posted with every round'),
    items: z.array(ChecklistItem).min(1).max(MOST_ITEMS),
  })
  .superRefine(({ items }, context) => {
    items.forEach(({ id }, index) => {
      if (items.findIndex((other) => other.id === id) < index)
        context.addIssue({ code: 'custom', path: ['items', index, 'id'], message: `"${id}" is there twice` });
    });
  });
export type ChecklistDefinition = z.infer<typeof ChecklistDefinition>;

/** A checklist as it is posted: the definition under the name of its file. */
export interface Checklist extends ChecklistDefinition {
  readonly name: string;
}
