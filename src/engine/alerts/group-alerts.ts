import type { Labels } from '../../core/alert/alert.ts';
import { stableId } from '../../core/alert/fingerprint.ts';
import type { StoredAlert, StoredDelivery } from '../ports/alert-store.ts';

export interface IncomingGroup {
  /** Same for every episode of the group. */
  readonly identity: string;
  readonly alerts: readonly StoredAlert[];
  /** Labels that all its alerts share. */
  readonly labels: Labels;
  readonly annotations: Labels;
}

/**
 * Brings the alerts of one delivery together. A sender that groups (Alertmanager's `groupKey`) is taken at its word;
 * otherwise alerts of one name about one service belong together.
 */
export function groupAlerts(
  delivery: Omit<StoredDelivery, 'alerts'>,
  alerts: readonly StoredAlert[],
): readonly IncomingGroup[] {
  const { sender, receiver = '', groupKey } = delivery;
  const groups = new Map<string, StoredAlert[]>();
  for (const alert of alerts) {
    const key =
      groupKey ??
      JSON.stringify([
        alert.labels.alertname ?? alert.fingerprint,
        alert.labels.service ?? alert.labels.job ?? '',
      ]);
    const members = groups.get(key);
    if (members) members.push(alert);
    else groups.set(key, [alert]);
  }
  return [...groups].map(([key, members]) => ({
    identity: stableId(sender, receiver, key),
    alerts: members,
    labels: shared(members.map(({ labels }) => labels)),
    annotations: shared(members.map(({ annotations }) => annotations)),
  }));
}

/** Entries that all label sets have in common. */
function shared(sets: readonly Labels[]): Labels {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  );
}
