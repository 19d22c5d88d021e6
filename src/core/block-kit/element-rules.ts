import { LIMITS } from './limits.ts';
import { choiceOption, initialIsOffered, menuOption, optionGroups, overflowOption } from './option-rules.ts';
import {
  all,
  characters,
  exactlyOne,
  flag,
  list,
  numberWithin,
  oneOf,
  type Rule,
  shape,
  webAddress,
} from './rule.ts';
import { actionId, confirmDialog, plainText } from './text-rules.ts';

const common = { ...actionId, confirm: confirmDialog };
const focusable = { ...common, focus_on_load: flag };
const placed = { ...focusable, placeholder: plainText(LIMITS.select.placeholder) };
const id = characters(255);
const ids = list(id, { min: 1, max: 100 });
const maxItems = { max_selected_items: numberWithin(1, 100) };
const conversationFilter = shape(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { min: 1, max: 4 }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
);

const options = {
  options: list(menuOption, { min: 1, max: LIMITS.select.options }),
  option_groups: optionGroups,
};

const choices = list(choiceOption, { min: 1, max: LIMITS.choices.options });

const imageElement: Rule = all(
  shape(
    { alt_text: characters(LIMITS.image.alt) },
    { image_url: webAddress(LIMITS.url), slack_file: slackFile() },
  ),
  exactlyOne('image_url', 'slack_file'),
);

/** A file in Slack by id or by address, never both. */
export function slackFile(): Rule {
  return all(shape({}, { id: characters(255), url: webAddress(LIMITS.url) }), exactlyOne('id', 'url'));
}

const button: Rule = shape(
  { text: plainText(LIMITS.button.text) },
  {
    ...common,
    value: characters(LIMITS.button.value),
    url: webAddress(LIMITS.url),
    style: oneOf('primary', 'danger'),
    accessibility_label: characters(LIMITS.button.label),
  },
);

const conversations = { default_to_current_conversation: flag, filter: conversationFilter };
const dateOf = characters(10, { pattern: /^\d{4}-\d\d-\d\d$/ });

const menus: Readonly<Record<string, Rule>> = {
  static_select: all(
    shape({}, { ...placed, ...options, initial_option: menuOption }),
    exactlyOne('options', 'option_groups'),
    initialIsOffered,
  ),
  multi_static_select: all(
    shape(
      {},
      { ...placed, ...options, ...maxItems, initial_options: list(menuOption, { min: 1, max: 100 }) },
    ),
    exactlyOne('options', 'option_groups'),
    initialIsOffered,
  ),
  external_select: shape(
    {},
    { ...placed, initial_option: menuOption, min_query_length: numberWithin(0, 100) },
  ),
  users_select: shape({}, { ...placed, initial_user: id }),
  multi_users_select: shape({}, { ...placed, ...maxItems, initial_users: ids }),
  channels_select: shape({}, { ...placed, initial_channel: id, response_url_enabled: flag }),
  multi_channels_select: shape({}, { ...placed, ...maxItems, initial_channels: ids }),
  conversations_select: shape(
    {},
    { ...placed, ...conversations, initial_conversation: id, response_url_enabled: flag },
  ),
  multi_conversations_select: shape(
    {},
    { ...placed, ...conversations, ...maxItems, initial_conversations: ids },
  ),
  datepicker: shape({}, { ...placed, initial_date: dateOf }),
  timepicker: shape({}, { ...placed, initial_time: characters(5, { pattern: /^\d\d:\d\d$/ }), timezone: id }),
  datetimepicker: shape({}, { ...focusable, initial_date_time: numberWithin(1_000_000_000, 9_999_999_999) }),
  checkboxes: all(shape({ options: choices }, { ...focusable, initial_options: choices }), initialIsOffered),
  radio_buttons: all(
    shape({ options: choices }, { ...focusable, initial_option: choiceOption }),
    initialIsOffered,
  ),
};

const typed = {
  ...actionId,
  focus_on_load: flag,
  placeholder: plainText(LIMITS.select.placeholder),
  dispatch_action_config: shape(
    {},
    { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 }) },
  ),
};
const length = numberWithin(0, LIMITS.input.maxLength);
const numberText = characters(64, { pattern: /^-?\d+(\.\d+)?$/ });

/** What an input block may hold. */
export const INPUT_ELEMENTS: Readonly<Record<string, Rule>> = {
  ...menus,
  plain_text_input: shape(
    {},
    {
      ...typed,
      initial_value: characters(LIMITS.input.maxLength, { min: 0 }),
      multiline: flag,
      min_length: length,
      max_length: numberWithin(1, LIMITS.input.maxLength),
    },
  ),
  email_text_input: shape({}, { ...typed, initial_value: characters(255) }),
  url_text_input: shape({}, { ...typed, initial_value: webAddress(LIMITS.url) }),
  number_input: shape(
    { is_decimal_allowed: flag },
    { ...typed, initial_value: numberText, min_value: numberText, max_value: numberText },
  ),
  file_input: shape(
    {},
    {
      ...actionId,
      filetypes: list(characters(20), { min: 1, max: 50 }),
      max_files: numberWithin(1, LIMITS.input.files),
    },
  ),
};

/** What an actions block may hold. */
export const ACTION_ELEMENTS: Readonly<Record<string, Rule>> = {
  ...menus,
  button,
  overflow: shape({ options: list(overflowOption, { min: 1, max: LIMITS.overflow.options }) }, common),
};

/** What may stand beside the text of a section. */
export const ACCESSORIES: Readonly<Record<string, Rule>> = { ...ACTION_ELEMENTS, image: imageElement };

export const CONTEXT_IMAGE: Rule = imageElement;
export const BUTTON: Rule = button;

const feedbackButton = shape(
  { text: plainText(LIMITS.button.text), value: characters(LIMITS.button.value) },
  { accessibility_label: characters(LIMITS.button.label) },
);

/** What a context_actions block may hold. */
export const CONTEXT_ACTION_ELEMENTS: Readonly<Record<string, Rule>> = {
  feedback_buttons: shape({ positive_button: feedbackButton, negative_button: feedbackButton }, actionId),
  icon_button: shape(
    { icon: oneOf('trash'), text: plainText(LIMITS.button.text) },
    {
      ...common,
      value: characters(LIMITS.button.value),
      accessibility_label: characters(LIMITS.button.label),
      visible_to_user_ids: ids,
    },
  ),
};
