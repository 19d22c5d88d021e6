import type { Block, StateValues } from '../../protocol.ts';
import { ShownBlock } from './block-shapes.ts';
import type { ActiveElement } from './element-shapes.ts';
import { fieldHeld, fieldText } from './field-values.ts';
import { actionIdOf, blockIdOf } from './ids.ts';

/** What an element holds before anybody touches it; undefined for buttons and menus of actions. */
function initialHeld(element: ActiveElement): Readonly<Record<string, unknown>> | undefined {
  const { type } = element;
  switch (type) {
    case 'button':
    case 'overflow':
      return undefined;
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'checkboxes':
    case 'multi_static_select':
      return { type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    default:
      return fieldHeld(element, fieldText(element, undefined));
  }
}

function elementsOf(block: ShownBlock): readonly ActiveElement[] {
  const found =
    block.type === 'actions'
      ? block.elements
      : block.type === 'section'
        ? [block.accessory]
        : block.type === 'input'
          ? [block.element]
          : [];
  return found.filter(
    (element): element is ActiveElement =>
      element !== undefined && element.type !== 'unknown' && element.type !== 'image',
  );
}

/** `state.values` of blocks that nobody has touched: each element with its initial value. */
export function initialValues(blocks: readonly Block[]): StateValues {
  const values: StateValues = {};
  blocks.forEach((block, index) => {
    const shown = ShownBlock.safeParse(block);
    if (!shown.success) return;
    elementsOf(shown.data).forEach((element, place) => {
      const held = initialHeld(element);
      if (held === undefined) return;
      const blockId = blockIdOf(block, index);
      values[blockId] = { ...values[blockId], [actionIdOf(element, place)]: { ...held } };
    });
  });
  return values;
}

/** Values with others over them, element by element. */
export function withHeld(values: StateValues, over: StateValues): StateValues {
  const merged = { ...values };
  for (const [blockId, elements] of Object.entries(over))
    merged[blockId] = { ...merged[blockId], ...elements };
  return merged;
}
