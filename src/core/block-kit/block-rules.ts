import { dataVisualization } from './chart-block-rules.ts';
import {
  ACCESSORIES,
  ACTION_ELEMENTS,
  BUTTON,
  CONTEXT_ACTION_ELEMENTS,
  CONTEXT_IMAGE,
  INPUT_ELEMENTS,
  slackFile,
} from './element-rules.ts';
import { LIMITS } from './limits.ts';
import { richText } from './rich-text-rules.ts';
import {
  all,
  byType,
  characters,
  exactlyOne,
  flag,
  isObject,
  list,
  numberWithin,
  oneOf,
  type Rule,
  refuse,
  shape,
  webAddress,
} from './rule.ts';
import { dataTable, table } from './table-rules.ts';
import { plan, topLevelTaskCard } from './task-rules.ts';
import { anyText, blockId, mrkdwn, plainText } from './text-rules.ts';

const textOrFields: Rule = (value, path) =>
  isObject(value) && (value.text !== undefined || value.fields !== undefined)
    ? []
    : refuse(path, 'missing required field: text or fields');

const section = all(
  shape(
    {},
    {
      ...blockId,
      text: anyText(LIMITS.section.text),
      fields: list(anyText(LIMITS.section.field), { min: 1, max: LIMITS.section.fields }),
      accessory: byType(ACCESSORIES),
      expand: flag,
    },
  ),
  textOrFields,
);

const image = all(
  shape(
    { alt_text: characters(LIMITS.image.alt) },
    {
      ...blockId,
      image_url: webAddress(LIMITS.url),
      slack_file: slackFile(),
      title: plainText(LIMITS.image.title),
    },
  ),
  exactlyOne('image_url', 'slack_file'),
);

const contextElement: Rule = (value, path) =>
  isObject(value) && value.type === 'image'
    ? CONTEXT_IMAGE(value, path)
    : anyText(LIMITS.context.text)(value, path);

/** Blocks that every surface takes. */
const COMMON: Readonly<Record<string, Rule>> = {
  section,
  image,
  header: shape(
    { text: plainText(LIMITS.header.text) },
    { ...blockId, level: numberWithin(1, LIMITS.header.level) },
  ),
  divider: shape({}, blockId),
  context: shape({ elements: list(contextElement, { min: 1, max: LIMITS.context.elements }) }, blockId),
  actions: shape(
    { elements: list(byType(ACTION_ELEMENTS), { min: 1, max: LIMITS.actions.elements }) },
    blockId,
  ),
  input: shape(
    { label: plainText(LIMITS.input.label), element: byType(INPUT_ELEMENTS) },
    { ...blockId, hint: plainText(LIMITS.input.hint), optional: flag, dispatch_action: flag },
  ),
  rich_text: richText,
};

const inContainer = byType({ ...COMMON, table });
const container = all(
  shape(
    { child_blocks: list(inContainer, { min: 1, max: LIMITS.container.blocks }) },
    {
      ...blockId,
      title: plainText(LIMITS.container.title),
      rich_text_title: richText,
      subtitle: anyText(LIMITS.container.title),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: CONTEXT_IMAGE,
      is_collapsible: flag,
      default_collapsed: flag,
      has_header_divider: flag,
    },
  ),
  exactlyOne('title', 'rich_text_title'),
);

const card = shape(
  {},
  {
    ...blockId,
    hero_image: CONTEXT_IMAGE,
    icon: CONTEXT_IMAGE,
    title: mrkdwn(LIMITS.card.title),
    subtitle: mrkdwn(LIMITS.card.title),
    body: mrkdwn(LIMITS.card.body),
    actions: list(BUTTON, { max: LIMITS.card.buttons }),
  },
);

/** Blocks of a message by type. `alert` is not among them: Slack takes it in modals only. */
export const MESSAGE_BLOCKS: Readonly<Record<string, Rule>> = {
  ...COMMON,
  table,
  data_table: dataTable,
  data_visualization: dataVisualization,
  container,
  card,
  carousel: shape({ elements: list(byType({ card }), { min: 1, max: LIMITS.carousel.cards }) }, blockId),
  plan,
  task_card: topLevelTaskCard,
  markdown: shape({ text: characters(LIMITS.message.markdownCharacters) }, blockId),
  context_actions: shape(
    { elements: list(byType(CONTEXT_ACTION_ELEMENTS), { min: 1, max: LIMITS.contextActions.elements }) },
    blockId,
  ),
};

const alert = shape(
  { text: anyText(LIMITS.alert.text) },
  { ...blockId, level: oneOf('default', 'info', 'warning', 'error', 'success') },
);

/** Blocks of a modal by type. */
export const MODAL_BLOCKS: Readonly<Record<string, Rule>> = { ...COMMON, alert };

/** Blocks of the home tab by type. */
export const HOME_BLOCKS: Readonly<Record<string, Rule>> = { ...COMMON, data_table: dataTable, container };
