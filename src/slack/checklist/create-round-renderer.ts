import type { RoundRenderer } from '../../engine/ports/checklists.ts';
import { renderOwnerChange } from './owner-change.ts';
import { renderReminder, renderRoundCard } from './round-card.ts';

/** Turns rounds of checklists into Slack messages. Pure. */
export function createRoundRenderer({ timezone }: { readonly timezone: string }): RoundRenderer {
  return {
    round: (round, key) => renderRoundCard(round, key, timezone),
    reminder: (round, key) => renderReminder(round, key, timezone),
    ownerChange: renderOwnerChange,
  };
}
