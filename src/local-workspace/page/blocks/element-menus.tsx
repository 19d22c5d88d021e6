import { Menu, type MenuItem } from '../overlays/menu.tsx';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { safeLink } from '../text/safe-link.ts';
import type { EntitySelectElement, Option, OverflowElement, SelectElement } from './element-shapes.ts';
import { heldBy, type Slot, useSurface } from './surface.ts';
import { plainOf } from './text-object.tsx';

const toItem = (option: Option, group?: string): MenuItem => ({
  label: plainOf(option.text),
  ...(option.description && { description: plainOf(option.description) }),
  ...(group !== undefined && { group }),
});

/** All options of a select with the label of their group. */
export function optionsOf(element: Pick<SelectElement, 'options' | 'option_groups'>) {
  const grouped = element.option_groups ?? [];
  return [
    ...element.options.map((option) => ({ option, item: toItem(option) })),
    ...grouped.flatMap(({ label, options }) =>
      options.map((option) => ({ option, item: toItem(option, plainOf(label)) })),
    ),
  ];
}

/** A select that sends its action when something is chosen. */
export function OptionMenu({ element, slot }: { readonly element: SelectElement; readonly slot: Slot }) {
  const surface = useSurface();
  const choices = optionsOf(element);
  const held = heldBy(surface, slot)?.selected_option as Option | undefined | null;
  const chosen = choices.findIndex(({ option }) => option.value === (held ?? element.initial_option)?.value);
  const placeholder = element.placeholder ? plainOf(element.placeholder) : 'Choose';
  const choose = (index: number) => {
    const option = choices[index]?.option;
    if (option === undefined) return;
    const held = { type: 'static_select', selected_option: option };
    void surface.press({ slot, confirm: element.confirm, selectedOption: option, held });
  };
  return (
    <Menu
      label={choices[chosen]?.item.label ?? placeholder}
      name={placeholder}
      items={choices.map(({ item }) => item)}
      chosen={chosen}
      onChoose={choose}
    />
  );
}

/** The menu behind the three dots. */
export function OverflowMenu({ element, slot }: { readonly element: OverflowElement; readonly slot: Slot }) {
  const surface = useSurface();
  const items = element.options.map((option) => {
    const href = safeLink(option.url);
    return { ...toItem(option), ...(href !== undefined && { href }) };
  });
  const choose = (index: number) => {
    const selectedOption = element.options[index];
    if (selectedOption) void surface.press({ slot, confirm: element.confirm, selectedOption });
  };
  return <Menu label="⋯" name="More actions" items={items} onChoose={choose} plain />;
}

const ENTITIES = {
  users_select: { key: 'selected_user', placeholder: 'Choose somebody' },
  channels_select: { key: 'selected_channel', placeholder: 'Choose a channel' },
  conversations_select: { key: 'selected_conversation', placeholder: 'Choose a channel' },
} as const;

/** People or channels of the workspace, with the key under which Slack says what is chosen. */
export function useEntities(element: EntitySelectElement) {
  const { users, channels } = useWorkspaceState();
  const entities =
    element.type === 'users_select'
      ? users.map(({ id, realName }) => ({ id, label: realName }))
      : channels.map(({ id, name }) => ({ id, label: `#${name}` }));
  const initial = element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  return { entities, initial, ...ENTITIES[element.type] };
}

/** A select of people or channels that sends its action when one is chosen. */
export function EntityMenu({
  element,
  slot,
}: {
  readonly element: EntitySelectElement;
  readonly slot: Slot;
}) {
  const surface = useSurface();
  const { entities, initial, key, placeholder: usual } = useEntities(element);
  const held = heldBy(surface, slot)?.[key] ?? initial;
  const chosen = entities.findIndex(({ id }) => id === held);
  const placeholder = element.placeholder ? plainOf(element.placeholder) : usual;
  const choose = (index: number) => {
    const value = entities[index]?.id;
    if (value === undefined) return;
    void surface.press({ slot, confirm: element.confirm, value, held: { type: element.type, [key]: value } });
  };
  return (
    <Menu
      label={entities[chosen]?.label ?? placeholder}
      name={placeholder}
      items={entities.map(({ label }) => ({ label }))}
      chosen={chosen}
      onChoose={choose}
    />
  );
}
