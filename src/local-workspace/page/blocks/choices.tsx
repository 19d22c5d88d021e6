import { useId } from 'react';
import { optionsOf } from './element-menus.tsx';
import type { ChoicesElement, Option } from './element-shapes.ts';
import { heldBy, type Slot, useSurface } from './surface.ts';
import { plainOf, TextContent } from './text-object.tsx';

interface ChoicesProps {
  readonly element: ChoicesElement;
  readonly slot: Slot;
  /** True: each change is sent as an action. */
  readonly sends: boolean;
  /** Name of the group for screen readers. */
  readonly label?: string;
  readonly describedBy?: string | undefined;
}

/** What of the options is chosen by now. */
function chosenOf(
  element: ChoicesElement,
  held: Readonly<Record<string, unknown>> | undefined,
): readonly Option[] {
  if (element.type === 'radio_buttons') {
    const option = held === undefined ? element.initial_option : (held.selected_option as Option | null);
    return option ? [option] : [];
  }
  return held === undefined ? (element.initial_options ?? []) : (held.selected_options as readonly Option[]);
}

/** Checkboxes, radio buttons, or a select of several as checkboxes. */
export function Choices({ element, slot, sends, label, describedBy }: ChoicesProps) {
  const surface = useSurface();
  const name = useId();
  const chosen = chosenOf(element, heldBy(surface, slot));
  const isRadio = element.type === 'radio_buttons';
  const change = (option: Option, on: boolean) => {
    const others = isRadio ? [] : chosen.filter(({ value }) => value !== option.value);
    const now = on ? [...others, option] : others;
    const held = {
      type: element.type,
      ...(isRadio ? { selected_option: now[0] ?? null } : { selected_options: now }),
    };
    if (!sends) return surface.hold(slot, held);
    const choice = isRadio ? { selectedOption: option } : { selectedOptions: now };
    void surface.press({ slot, confirm: element.confirm, held, ...choice });
  };
  return (
    <fieldset className="choices" aria-describedby={describedBy}>
      <legend className="for-readers">{label ?? 'Options'}</legend>
      {optionsOf(element).map(({ option }) => (
        <label key={option.value}>
          <input
            type={isRadio ? 'radio' : 'checkbox'}
            name={name}
            checked={chosen.some(({ value }) => value === option.value)}
            onChange={(event) => change(option, event.target.checked)}
          />
          <span>
            <TextContent text={option.text} />
            {option.description && <small>{plainOf(option.description)}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
