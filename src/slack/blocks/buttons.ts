import { LIMITS } from '../../core/block-kit/limits.ts';
import { oneLine } from '../text/clean-text.ts';
import { ACTIONS } from './action-value.ts';
import { type Block, plain } from './builders.ts';

/** Slack shows about this much of a label. */
const LABEL_LENGTH = 40;
const LINK_BUTTONS = 3;
/** Characters of all labels of a menu together. */
const MENU_LENGTH = 1_500;

export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface ButtonOptions {
  readonly label: string;
  readonly actionId: string;
  /** From `toActionValue`; without it there is no button. */
  readonly value: string | undefined;
  readonly style?: 'primary' | 'danger';
}

/** A button, or nothing when its value does not fit. */
export function button({ label, actionId, value, style }: ButtonOptions): readonly Block[] {
  if (value === undefined) return [];
  return [
    {
      type: 'button',
      text: plain(label, LABEL_LENGTH),
      action_id: actionId,
      value,
      ...(style !== undefined && { style }),
    },
  ];
}

/** True for an http or https address that Slack takes. */
export function isWebLink(url: string): boolean {
  if (url.length > LIMITS.url || /\s/.test(url)) return false;
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol) && /^https?:\/\//i.test(url);
  } catch {
    return false;
  }
}

/** Links that may be shown, each address once. */
function webLinks(links: readonly Link[]): readonly Link[] {
  const seen = new Set<string>();
  return links.filter(({ url }) => isWebLink(url) && !seen.has(url) && seen.add(url));
}

/** Up to three link buttons; up to five further links in an overflow menu. */
export function linkButtons(links: readonly Link[]): readonly Block[] {
  const usable = webLinks(links);
  const buttons = usable.slice(0, LINK_BUTTONS).map(({ title, url }, index) => ({
    type: 'button',
    text: plain(`${oneLine(title) || 'Open'} ↗`, LABEL_LENGTH),
    action_id: `${ACTIONS.link}_${index + 1}`,
    url,
  }));
  const more = usable.slice(LINK_BUTTONS, LINK_BUTTONS + LIMITS.overflow.options);
  if (more.length === 0) return buttons;
  const options = more.map(({ title, url }, index) => ({
    text: plain(oneLine(title) || 'Open', LIMITS.option.text),
    value: `link_${index + 1}`,
    url,
  }));
  return [...buttons, { type: 'overflow', action_id: `${ACTIONS.link}_more`, options }];
}

export interface MenuEntry {
  readonly label: string;
  /** From `toActionValue`; an entry without one is left out. */
  readonly value: string;
}

/** The first entries that a menu can carry: 100, and not too long together, for they count for the message. */
export function fittingEntries(entries: readonly MenuEntry[]): readonly MenuEntry[] {
  let used = 0;
  return entries
    .filter(({ value }) => value !== '' && value.length <= LIMITS.option.value)
    .slice(0, LIMITS.select.options)
    .filter(({ label }) => {
      used += Math.min(label.length, LIMITS.option.text);
      return used <= MENU_LENGTH;
    });
}

/** A menu of names, without those that `fittingEntries` leaves out; nothing when none is left. */
export function menu(options: {
  readonly placeholder: string;
  readonly actionId: string;
  readonly entries: readonly MenuEntry[];
}): readonly Block[] {
  const fitting = fittingEntries(options.entries);
  if (fitting.length === 0) return [];
  return [
    {
      type: 'static_select',
      action_id: options.actionId,
      placeholder: plain(options.placeholder, LIMITS.select.placeholder),
      options: fitting.map(({ label, value }) => ({ text: plain(label, LIMITS.option.text), value })),
    },
  ];
}
