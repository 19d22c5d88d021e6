import type { Round, RoundItem } from '../../core/checklist/round.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block } from '../blocks/builders.ts';
import { button, menu } from '../blocks/buttons.ts';

/** What begins a load test from an item, for the services that may be tested; the press asks before it starts one. */
export function loadTestRow({ position, filling }: RoundItem, round: Round): readonly Block[] {
  const { profile = '', services = [] } = filling?.loadtest ?? {};
  const entries = services.map((service) => ({
    label: service,
    value: toActionValue({ service, playbook: profile }) ?? '',
  }));
  const [only, ...more] = entries;
  if (only === undefined) return [];
  const actionId = ACTIONS.loadOffer;
  const elements =
    more.length === 0
      ? button({ label: `Load test ${only.label}`, actionId, value: only.value || undefined })
      : menu({ placeholder: 'Load test…', actionId, entries });
  if (elements.length === 0) return [];
  const row = actions([...elements], `checklist_load:${round.id}:${position}:${round.revision}`);
  return row === undefined ? [] : [row];
}
