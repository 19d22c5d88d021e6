import type { Round, RoundItem } from '../../core/checklist/round.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block } from '../blocks/builders.ts';
import { button, type MenuEntry, menu } from '../blocks/buttons.ts';

/** Characters of all menus and buttons of a message together, values included; the rest is started by a command. */
const ROWS_LENGTH = 900;
/** What a row costs beside its entries. */
const ROW_LENGTH = 100;

/** What begins load tests from items, by their position, for the services that may be tested; a press asks before it starts one. */
export function loadTestRows(round: Round): ReadonlyMap<number, Block> {
  const rows = new Map<number, Block>();
  let left = ROWS_LENGTH;
  for (const item of round.items) {
    left -= ROW_LENGTH;
    const entries = entriesOf(item).filter(({ label, value }) => {
      const cost = label.length + value.length;
      if (value === '' || cost > left) return false;
      left -= cost;
      return true;
    });
    const elements = elementsOf(entries);
    const row = actions([...elements], `checklist_load:${round.id}:${item.position}:${round.revision}`);
    if (row === undefined) left += ROW_LENGTH;
    else rows.set(item.position, row);
  }
  return rows;
}

function entriesOf({ filling }: RoundItem): readonly MenuEntry[] {
  const { profile = '', services = [] } = filling?.loadtest ?? {};
  return services.map((service) => ({
    label: service,
    value: toActionValue({ service, playbook: profile }) ?? '',
  }));
}

function elementsOf(entries: readonly MenuEntry[]): readonly Block[] {
  const [only, ...more] = entries;
  const actionId = ACTIONS.loadOffer;
  if (only === undefined) return [];
  return more.length === 0
    ? button({ label: `Load test ${only.label}`, actionId, value: only.value })
    : menu({ placeholder: 'Load test…', actionId, entries });
}
