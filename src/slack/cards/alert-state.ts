import type { AlertGroup } from '../../engine/ports/group-store.ts';
import { URGENCY_WORDS } from './severity-words.ts';

/** Where a group of alerts stands, a sign and words. What nobody speaks of any more is not said to be resolved. */
export function alertState({
  state,
  severity,
  unheardMs,
}: Pick<AlertGroup, 'state' | 'severity' | 'unheardMs'>): string {
  if (state === 'firing') return URGENCY_WORDS[severity];
  return unheardMs === undefined ? '🟢 Resolved' : '⚪ Not heard of';
}
