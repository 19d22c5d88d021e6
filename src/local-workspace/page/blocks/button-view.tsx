import { safeLink } from '../text/safe-link.ts';
import type { ButtonElement } from './element-shapes.ts';
import { type Slot, useSurface } from './surface.ts';
import { plainOf } from './text-object.tsx';

/** A button; one with an address is a link that sends its action too, as in Slack. */
export function ButtonView({ element, slot }: { readonly element: ButtonElement; readonly slot: Slot }) {
  const surface = useSurface();
  const { value, confirm, accessibility_label: spoken } = element;
  const press = () => void surface.press({ slot, confirm, ...(value !== undefined && { value }) });
  const look = { className: 'button', 'data-style': element.style, 'aria-label': spoken };
  const label = plainOf(element.text);
  const href = safeLink(element.url);
  if (href !== undefined) {
    return (
      <a {...look} href={href} target="_blank" rel="noopener noreferrer" onClick={press}>
        {label}
      </a>
    );
  }
  return (
    <button {...look} type="button" aria-disabled={surface.busy} onClick={surface.busy ? undefined : press}>
      {label}
    </button>
  );
}
