import { isObject } from '../../core/block-kit/rule.ts';
import type { Block, PressedAction } from '../protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The interactive element with this action id in this block, also in nested blocks. */
export function findElement(blocks: readonly Block[], blockId: string, actionId: string): Block | undefined {
  for (const block of blocks) {
    const inner = listOf(block.child_blocks);
    const nested = findElement(inner, blockId, actionId);
    if (nested) return nested;
    if (block.block_id !== blockId) continue;
    const candidates = [...listOf(block.elements), ...listOf([block.accessory, block.element])];
    const found = candidates.find((element) => element.action_id === actionId);
    if (found) return found;
  }
  return undefined;
}

/** The element's part of `actions`, with the fields of its kind; undefined for a choice that it does not offer. */
export function toAction(element: Block, pressed: PressedAction): Fields | undefined {
  const type = String(element.type);
  switch (type) {
    case 'button':
    case 'workflow_button':
      return { type, text: element.text, ...pick(element, ['value', 'style', 'url']) };
    case 'icon_button':
      return { type, ...pick(element, ['value', 'icon']) };
    case 'overflow':
    case 'static_select':
    case 'radio_buttons': {
      const option = optionsOf(element).find(({ value }) => value === pressed.selectedOption?.value);
      return option && { type, ...pick(element, ['placeholder']), selected_option: option };
    }
    case 'checkboxes':
    case 'multi_static_select': {
      const wanted = pressed.selectedOptions ?? [];
      const options = optionsOf(element).filter(({ value }) =>
        wanted.some((option) => option.value === value),
      );
      return options.length === wanted.length ? { type, selected_options: options } : undefined;
    }
    case 'feedback_buttons':
      return feedback(element, pressed);
    default:
      return toTyped(type, pressed.value);
  }
}

/** Elements whose value people pick or write themselves. */
function toTyped(type: string, value: string | undefined): Fields | undefined {
  const field = {
    datepicker: 'selected_date',
    timepicker: 'selected_time',
    users_select: 'selected_user',
    channels_select: 'selected_channel',
    conversations_select: 'selected_conversation',
    plain_text_input: 'value',
    number_input: 'value',
    url_text_input: 'value',
    email_text_input: 'value',
  }[type];
  if (field !== undefined) return { type, [field]: value ?? null };
  return type === 'datetimepicker' ? { type, selected_date_time: value ? Number(value) : null } : undefined;
}

function feedback(element: Block, { value }: PressedAction): Fields | undefined {
  const offered = listOf([element.positive_button, element.negative_button]).find(
    (button) => button.value === value,
  );
  return offered && { type: 'feedback_buttons', text: offered.text, value };
}

function optionsOf(element: Block): readonly Block[] {
  const grouped = listOf(element.option_groups).flatMap(({ options }) => listOf(options));
  return [...listOf(element.options), ...grouped];
}

function listOf(value: unknown): readonly Block[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function pick(from: Block, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}
