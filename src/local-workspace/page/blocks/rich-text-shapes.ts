import { z } from 'zod';

const style = z
  .object({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    underline: z.boolean().optional(),
    code: z.boolean().optional(),
  })
  .optional();

/** A leaf of rich text. */
export const Leaf = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), style }),
  z.object({ type: z.literal('link'), url: z.string(), text: z.string().optional(), style }),
  z.object({ type: z.literal('user'), user_id: z.string(), style }),
  z.object({ type: z.literal('usergroup'), usergroup_id: z.string(), style }),
  z.object({ type: z.literal('channel'), channel_id: z.string(), style }),
  z.object({ type: z.literal('emoji'), name: z.string(), unicode: z.string().optional(), style }),
  z.object({ type: z.literal('broadcast'), range: z.string(), style }),
  z.object({ type: z.literal('color'), value: z.string(), style }),
  z.object({
    type: z.literal('date'),
    timestamp: z.number(),
    format: z.string(),
    fallback: z.string().default(''),
    url: z.string().optional(),
    style,
  }),
]);
export type Leaf = z.infer<typeof Leaf>;

const Line = z.object({ type: z.literal('rich_text_section'), elements: z.array(Leaf) });

/** A part of a rich text: a paragraph, a list, code or a quote. */
export const RichTextPart = z.discriminatedUnion('type', [
  Line,
  z.object({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    indent: z.number().default(0),
    offset: z.number().default(0),
    elements: z.array(Line),
  }),
  z.object({ type: z.literal('rich_text_preformatted'), elements: z.array(Leaf) }),
  z.object({ type: z.literal('rich_text_quote'), elements: z.array(Leaf) }),
]);
export type RichTextPart = z.infer<typeof RichTextPart>;
