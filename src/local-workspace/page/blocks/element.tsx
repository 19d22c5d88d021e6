import type { ReactNode } from 'react';
import { ButtonView } from './button-view.tsx';
import { Choices } from './choices.tsx';
import { EntityMenu, OptionMenu, OverflowMenu } from './element-menus.tsx';
import type { ActiveElement } from './element-shapes.ts';
import { Field } from './field.tsx';
import type { Slot } from './surface.ts';

interface ElementProps {
  readonly element: ActiveElement | { readonly type: 'unknown'; readonly name: string };
  readonly slot: Slot;
}

/** An element that sends its action as soon as it is pressed or changed. */
export function Element({ element, slot }: ElementProps): ReactNode {
  switch (element.type) {
    case 'button':
      return <ButtonView element={element} slot={slot} />;
    case 'static_select':
      return <OptionMenu element={element} slot={slot} />;
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return <EntityMenu element={element} slot={slot} />;
    case 'overflow':
      return <OverflowMenu element={element} slot={slot} />;
    case 'checkboxes':
    case 'radio_buttons':
    case 'multi_static_select':
      return <Choices element={element} slot={slot} sends />;
    case 'unknown':
      return <span className="quiet">(“{element.name}” cannot be shown here)</span>;
    default:
      return <Field element={element} slot={slot} sends />;
  }
}
