import { z } from 'zod';

export const TextObject = z.object({
  type: z.enum(['plain_text', 'mrkdwn']),
  text: z.string(),
  emoji: z.boolean().optional(),
  verbatim: z.boolean().optional(),
});
export type TextObject = z.infer<typeof TextObject>;

export const Option = z.looseObject({
  text: TextObject,
  value: z.string().default(''),
  description: TextObject.optional(),
  url: z.string().optional(),
});
export type Option = z.infer<typeof Option>;

export const Confirm = z.object({
  title: TextObject,
  text: TextObject,
  confirm: TextObject,
  deny: TextObject,
  style: z.enum(['primary', 'danger']).optional(),
});
export type Confirm = z.infer<typeof Confirm>;

const common = { action_id: z.string().optional(), confirm: Confirm.optional() };
const options = z.array(Option).default([]);
const groups = z.array(z.object({ label: TextObject, options: z.array(Option) })).optional();
const placeholder = TextObject.optional();

export const ButtonElement = z.object({
  ...common,
  type: z.literal('button'),
  text: TextObject,
  url: z.string().optional(),
  value: z.string().optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().optional(),
});
export type ButtonElement = z.infer<typeof ButtonElement>;

export const SelectElement = z.object({
  ...common,
  type: z.literal('static_select'),
  placeholder,
  options,
  option_groups: groups,
  initial_option: Option.optional(),
});
export type SelectElement = z.infer<typeof SelectElement>;

const EntitySelectElement = z.object({
  ...common,
  type: z.enum(['users_select', 'channels_select', 'conversations_select']),
  placeholder,
  initial_user: z.string().optional(),
  initial_channel: z.string().optional(),
  initial_conversation: z.string().optional(),
});
export type EntitySelectElement = z.infer<typeof EntitySelectElement>;

const OverflowElement = z.object({ ...common, type: z.literal('overflow'), options });
export type OverflowElement = z.infer<typeof OverflowElement>;

const ChoicesElement = z.object({
  ...common,
  type: z.enum(['checkboxes', 'radio_buttons', 'multi_static_select']),
  options,
  option_groups: groups,
  initial_option: Option.optional(),
  initial_options: z.array(Option).optional(),
});
export type ChoicesElement = z.infer<typeof ChoicesElement>;

const FieldElement = z.object({
  ...common,
  type: z.enum([
    'plain_text_input',
    'number_input',
    'email_text_input',
    'url_text_input',
    'datepicker',
    'timepicker',
    'datetimepicker',
  ]),
  placeholder,
  multiline: z.boolean().optional(),
  initial_value: z.string().optional(),
  initial_date: z.string().optional(),
  initial_time: z.string().optional(),
  initial_date_time: z.number().optional(),
  min_length: z.number().optional(),
  max_length: z.number().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  is_decimal_allowed: z.boolean().optional(),
});
export type FieldElement = z.infer<typeof FieldElement>;

export const ImageElement = z.object({
  type: z.literal('image'),
  alt_text: z.string(),
  image_url: z.string().optional(),
  slack_file: z.object({ id: z.string().optional(), url: z.string().optional() }).optional(),
});
export type ImageElement = z.infer<typeof ImageElement>;

/** Everything that can be pressed, chosen or filled in. */
export const ActiveElement = z.discriminatedUnion('type', [
  ButtonElement,
  SelectElement,
  EntitySelectElement,
  OverflowElement,
  ChoicesElement,
  FieldElement,
]);
export type ActiveElement = z.infer<typeof ActiveElement>;
