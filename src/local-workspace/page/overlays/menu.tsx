import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { placeBelow } from './place-below.ts';

export interface MenuItem {
  readonly label: string;
  readonly description?: string;
  /** Heading above the first item of each group. */
  readonly group?: string;
  /** The item is a link that opens in a tab of its own. */
  readonly href?: string;
}

export interface MenuProps {
  /** What stands on the button. */
  readonly label: string;
  /** What the menu is called when the label alone does not say it. */
  readonly name: string;
  readonly items: readonly MenuItem[];
  /** Index of the item that is chosen by now. */
  readonly chosen?: number;
  readonly onChoose: (index: number) => void;
  /** True: no arrow beside the label. */
  readonly plain?: boolean;
  readonly className?: string;
}

/** A button that opens a list to choose from. Arrows, Home, End and letters move, Enter chooses, Esc closes. */
export function Menu({ label, name, items, chosen, onChoose, plain = false, className }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
  const toggled = (isOpen: boolean) => {
    setOpen(isOpen);
    if (!isOpen || button.current === null || list.current === null) return;
    placeBelow(list.current, button.current);
    entries()[Math.max(0, chosen ?? 0)]?.focus();
  };
  const choose = (index: number) => {
    list.current?.hidePopover();
    button.current?.focus();
    onChoose(index);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className ?? 'button'}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label === name ? undefined : plain ? name : `${name}: ${label}`}
      >
        {label}
        {!plain && <span className="caret" aria-hidden="true" />}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        className="menu"
        role="menu"
        aria-label={name}
        tabIndex={-1}
        onToggle={(event) => toggled(event.newState === 'open')}
        onKeyDown={(event) => {
          event.stopPropagation();
          moveFocus(event, entries());
        }}
      >
        {items.map((item, index) => (
          <MenuEntry
            // biome-ignore lint/suspicious/noArrayIndexKey: an item of a menu has no other identity
            key={index}
            item={item}
            heading={item.group !== items[index - 1]?.group ? item.group : undefined}
            checked={chosen === undefined ? undefined : index === chosen}
            onChoose={() => choose(index)}
          />
        ))}
      </div>
    </>
  );
}

function MenuEntry(props: {
  readonly item: MenuItem;
  readonly heading: string | undefined;
  readonly checked: boolean | undefined;
  readonly onChoose: () => void;
}) {
  const { item, heading, checked, onChoose } = props;
  const content = (
    <>
      {item.label}
      {item.description !== undefined && <small>{item.description}</small>}
    </>
  );
  const shared = { tabIndex: -1, onClick: onChoose };
  return (
    <>
      {heading !== undefined && (
        <div className="menu-heading" role="presentation">
          {heading}
        </div>
      )}
      {item.href !== undefined ? (
        <a role="menuitem" href={item.href} target="_blank" rel="noopener noreferrer" {...shared}>
          {content}
        </a>
      ) : checked === undefined ? (
        <button type="button" role="menuitem" {...shared}>
          {content}
        </button>
      ) : (
        <button type="button" role="menuitemradio" aria-checked={checked} {...shared}>
          {content}
        </button>
      )}
    </>
  );
}

function moveFocus(event: KeyboardEvent, entries: readonly HTMLElement[]): void {
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const last = entries.length - 1;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at === last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  };
  const letter = event.key.length === 1 && event.key !== ' ' ? event.key.toLowerCase() : undefined;
  const startsSo = (entry: HTMLElement) =>
    entry.textContent
      .trim()
      .toLowerCase()
      .startsWith(letter ?? '');
  const target =
    letter === undefined
      ? entries[targets[event.key] ?? -1]
      : [...entries.slice(at + 1), ...entries.slice(0, at + 1)].find(startsSo);
  if (event.key === 'Tab') event.preventDefault();
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
