import { z } from 'zod';
import { ActiveElement, ImageElement, TextObject } from './element-shapes.ts';
import { RichTextPart } from './rich-text-shapes.ts';

const common = { block_id: z.string().optional() };
/** An element that this page does not know is shown as a note instead of losing the whole block. */
const Unknown = z
  .looseObject({ type: z.string() })
  .transform(({ type }) => ({ type: 'unknown', name: type }) as const);

export const Section = z.object({
  ...common,
  type: z.literal('section'),
  text: TextObject.optional(),
  fields: z.array(TextObject).default([]),
  accessory: z.union([ImageElement, ActiveElement, Unknown]).optional(),
});

const Cell = z.union([
  z.object({ type: z.literal('raw_text'), text: z.string() }),
  z.object({ type: z.literal('raw_number'), value: z.number(), text: z.string().optional() }),
  z.object({ type: z.literal('rich_text'), elements: z.array(RichTextPart) }),
]);
export type Cell = z.infer<typeof Cell>;

export const Table = z.object({
  ...common,
  type: z.literal('table'),
  rows: z.array(z.array(Cell)),
  column_settings: z
    .array(
      z
        .object({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() })
        .nullable(),
    )
    .default([]),
});
export type Table = z.infer<typeof Table>;

const taskStatus = z.enum(['pending', 'in_progress', 'complete', 'error']).default('pending');
export const Task = z.looseObject({
  type: z.literal('task_card').optional(),
  title: z.string(),
  status: taskStatus,
  details: z.object({ elements: z.array(RichTextPart) }).optional(),
  output: z.object({ elements: z.array(RichTextPart) }).optional(),
});
export type Task = z.infer<typeof Task>;

/** The blocks that this page shows, as far as it needs them. */
export const ShownBlock = z.discriminatedUnion('type', [
  Section,
  Table,
  z.object({ ...common, type: z.literal('header'), text: TextObject }),
  z.object({ ...common, type: z.literal('divider') }),
  z.object({
    ...common,
    type: z.literal('context'),
    elements: z.array(z.union([ImageElement, TextObject])),
  }),
  z.object({ ...common, type: z.literal('actions'), elements: z.array(z.union([ActiveElement, Unknown])) }),
  ImageElement.extend({ ...common, title: TextObject.optional() }),
  z.object({ ...common, type: z.literal('rich_text'), elements: z.array(RichTextPart) }),
  z.object({ ...common, type: z.literal('markdown'), text: z.string() }),
  z.object({
    ...common,
    type: z.literal('input'),
    label: TextObject,
    hint: TextObject.optional(),
    optional: z.boolean().default(false),
    dispatch_action: z.boolean().default(false),
    element: ActiveElement,
  }),
  z.object({ ...common, type: z.literal('plan'), title: z.string(), tasks: z.array(Task).default([]) }),
  Task.extend({ ...common, type: z.literal('task_card') }),
  z.object({ ...common, type: z.literal('alert'), text: TextObject, level: z.string().default('default') }),
]);
export type ShownBlock = z.infer<typeof ShownBlock>;
export type InputBlock = Extract<ShownBlock, { type: 'input' }>;
