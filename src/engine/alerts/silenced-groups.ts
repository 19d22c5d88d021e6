import { matchesLabels } from '../../core/alert/matcher.ts';
import { type Silence, silenceFor, silenceLabels } from '../../core/alert/silence.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Stores } from '../ports/stores.ts';

/** More groups than that never fire at once in one installation that people still read. */
const MOST_GROUPS = 1000;

/** Groups that fire and that the matchers of a silence speak of; each is locked until the end of the transaction. */
export async function lockSilencedGroups(
  { groups }: Stores,
  { matchers }: Silence,
): Promise<readonly AlertGroup[]> {
  const firing = await groups.recent({ state: 'firing', limit: MOST_GROUPS });
  const meant = firing.filter((group) => matchesLabels(matchers, labelsOf(group)));
  const locked: AlertGroup[] = [];
  // In the same order everywhere, so that two callers never wait for each other.
  for (const { id } of meant.toSorted((a, b) => (a.identity < b.identity ? -1 : 1))) {
    const group = await groups.lock(id);
    if (group?.state === 'firing') locked.push(group);
  }
  return locked;
}

/** What silences a group now, or undefined. */
export async function silenceOf(
  { silences }: Pick<Stores, 'silences'>,
  group: AlertGroup,
  at: number,
): Promise<Silence | undefined> {
  return silenceFor(await silences.active(at), labelsOf(group), at);
}

/** Labels of a group as matchers see them. */
function labelsOf({ labels, service }: Pick<AlertGroup, 'labels' | 'service'>) {
  return silenceLabels(labels, service);
}
