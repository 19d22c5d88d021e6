import { LIMITS } from './limits.ts';
import { characters, isObject, list, type Rule, refuse, shape, webAddress } from './rule.ts';
import { anyText, plainText } from './text-rules.ts';

const { text, description, value } = LIMITS.option;

/** An option of a menu: plain text only. */
export const menuOption: Rule = shape(
  { text: plainText(text), value: characters(value) },
  { description: plainText(description) },
);

/** An option of an overflow menu, which may be a link. */
export const overflowOption: Rule = shape(
  { text: plainText(text), value: characters(value) },
  { description: plainText(description), url: webAddress(LIMITS.url) },
);

/** An option of checkboxes or radio buttons: mrkdwn is allowed. */
export const choiceOption: Rule = shape(
  { text: anyText(text), value: characters(value) },
  { description: anyText(description) },
);

export const optionGroups: Rule = list(
  shape({
    label: plainText(LIMITS.select.groupLabel),
    options: list(menuOption, { min: 1, max: LIMITS.select.options }),
  }),
  { min: 1, max: LIMITS.select.groups },
);

/** `initial_option(s)` must be equal to options that are offered. */
export const initialIsOffered: Rule = (element, path) => {
  if (!isObject(element)) return [];
  const offered = new Set(offeredOptions(element).map(canonical));
  const initial = element.initial_option !== undefined ? [element.initial_option] : element.initial_options;
  if (!Array.isArray(initial)) return [];
  return initial.flatMap((option: unknown) =>
    offered.has(canonical(option))
      ? []
      : refuse(path, 'initial_option must exactly match one of the provided options'),
  );
};

function offeredOptions(element: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (Array.isArray(element.options)) return element.options;
  if (!Array.isArray(element.option_groups)) return [];
  return element.option_groups.flatMap((group: unknown) =>
    isObject(group) && Array.isArray(group.options) ? group.options : [],
  );
}

/** The same text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    isObject(entry) ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))) : entry,
  );
}
