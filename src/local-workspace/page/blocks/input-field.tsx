import { type ReactNode, useId } from 'react';
import type { InputBlock } from './block-shapes.ts';
import { Choices } from './choices.tsx';
import { optionsOf, useEntities } from './element-menus.tsx';
import type { EntitySelectElement, Option, SelectElement } from './element-shapes.ts';
import { Field } from './field.tsx';
import { actionIdOf } from './ids.ts';
import { heldBy, type Slot, useSurface } from './surface.ts';
import { plainOf } from './text-object.tsx';

interface ControlProps<T> {
  readonly element: T;
  readonly slot: Slot;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

interface ChoiceProps extends Omit<ControlProps<never>, 'element' | 'slot'> {
  readonly value: string;
  readonly choose: (value: string) => void;
  readonly placeholder: string;
  /** The options. */
  readonly children: ReactNode;
}

function Choice({ id, describedBy, invalid, value, choose, placeholder, children }: ChoiceProps) {
  return (
    <select
      className="field"
      id={id}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      value={value}
      onChange={({ target }) => choose(target.value)}
    >
      <option value="">{placeholder}</option>
      {children}
    </select>
  );
}

function OptionSelect({ element, slot, ...field }: ControlProps<SelectElement>) {
  const surface = useSurface();
  const options = optionsOf(element);
  const held = heldBy(surface, slot);
  const chosen = held === undefined ? element.initial_option : (held.selected_option as Option | null);
  const choose = (value: string) => {
    const option = options.find((candidate) => candidate.option.value === value)?.option ?? null;
    surface.hold(slot, { type: element.type, selected_option: option });
  };
  return (
    <Choice
      {...field}
      value={chosen?.value ?? ''}
      choose={choose}
      placeholder={element.placeholder ? plainOf(element.placeholder) : 'Choose'}
    >
      {options.map(({ option, item }) => (
        <option key={option.value} value={option.value}>
          {item.group === undefined ? item.label : `${item.group}: ${item.label}`}
        </option>
      ))}
    </Choice>
  );
}

function EntitySelect({ element, slot, ...field }: ControlProps<EntitySelectElement>) {
  const surface = useSurface();
  const { entities, initial, key, placeholder } = useEntities(element);
  const held = heldBy(surface, slot);
  const chosen = held === undefined ? initial : held[key];
  return (
    <Choice
      {...field}
      value={typeof chosen === 'string' ? chosen : ''}
      choose={(value) => surface.hold(slot, { type: element.type, [key]: value || null })}
      placeholder={element.placeholder ? plainOf(element.placeholder) : placeholder}
    >
      {entities.map((entity) => (
        <option key={entity.id} value={entity.id}>
          {entity.label}
        </option>
      ))}
    </Choice>
  );
}

function Control(props: { block: InputBlock; control: Omit<ControlProps<never>, 'element'> }): ReactNode {
  const { block, control } = props;
  const { element } = block;
  const sends = block.dispatch_action;
  switch (element.type) {
    case 'static_select':
      return <OptionSelect element={element} {...control} />;
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return <EntitySelect element={element} {...control} />;
    case 'checkboxes':
    case 'radio_buttons':
    case 'multi_static_select':
      return <Choices element={element} sends={sends} label={plainOf(block.label)} {...control} />;
    case 'button':
    case 'overflow':
      return <span className="quiet">(cannot stand in an input)</span>;
    default:
      return <Field element={element} sends={sends} {...control} />;
  }
}

/** An input of a form: label, control, hint, and what is wrong with it. */
export function InputField({ block, blockId }: { readonly block: InputBlock; readonly blockId: string }) {
  const { errors } = useSurface();
  const id = useId();
  const error = errors[blockId];
  const notes = [block.hint && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ');
  const control = {
    slot: { blockId, actionId: actionIdOf(block.element) },
    id,
    describedBy: notes || undefined,
    invalid: error !== undefined,
  };
  return (
    <div className="block-input">
      <label htmlFor={id}>
        {plainOf(block.label)} {block.optional && <span className="quiet">(optional)</span>}
      </label>
      <Control block={block} control={control} />
      {block.hint && (
        <p id={`${id}-hint`} className="quiet">
          {plainOf(block.hint)}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
