import { type KeyboardEvent, useEffect, useState } from 'react';
import type { FieldElement } from './element-shapes.ts';
import { type FieldValue, fieldHeld, fieldText, HTML_TYPES } from './field-values.ts';
import { heldBy, type Slot, useSurface } from './surface.ts';
import { plainOf } from './text-object.tsx';

interface FieldProps {
  readonly element: FieldElement;
  readonly slot: Slot;
  /** True: the value is sent as an action when it is finished. */
  readonly sends: boolean;
  /** Id for the label that stands outside; without one the placeholder is the label. */
  readonly id?: string;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
}

const isPicker = ({ type }: FieldElement) => type.endsWith('picker');

/** A text field or a picker of dates and times, as the browser's own input. */
export function Field({ element, slot, sends, id, describedBy, invalid = false }: FieldProps) {
  const surface = useSurface();
  const stored = fieldText(element, heldBy(surface, slot) as FieldValue | undefined);
  const [text, setText] = useState(stored);
  useEffect(() => setText(stored), [stored]);
  const change = (next: string) => {
    setText(next);
    surface.hold(slot, fieldHeld(element, next));
    if (sends && isPicker(element)) send(next);
  };
  const send = (value: string) => {
    void surface.press({ slot, confirm: element.confirm, value, held: fieldHeld(element, value) });
  };
  const placeholder = element.placeholder ? plainOf(element.placeholder) : undefined;
  const shared = {
    id,
    value: text,
    placeholder,
    'aria-label': id === undefined ? (placeholder ?? 'Value') : undefined,
    'aria-describedby': describedBy,
    'aria-invalid': invalid || undefined,
    minLength: element.min_length,
    maxLength: element.max_length,
  };
  if (element.multiline === true) {
    return (
      <textarea className="field" rows={4} {...shared} onChange={(event) => change(event.target.value)} />
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (sends && event.key === 'Enter' && !isPicker(element)) send(text);
  };
  return (
    <input
      className="field"
      type={HTML_TYPES[element.type]}
      {...shared}
      min={element.min_value}
      max={element.max_value}
      step={element.is_decimal_allowed === true ? 'any' : undefined}
      onKeyDown={onKeyDown}
      onChange={(event) => change(event.target.value)}
    />
  );
}
