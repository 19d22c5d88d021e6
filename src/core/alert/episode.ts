import type { Alert } from './alert.ts';

/** A group that fires again within this time after it was resolved goes on in the same message. */
export const REOPEN_WITHIN_MS = 15 * 60_000;

/** New alerts in a group that is being looked at start another run only after this time. */
export const RUN_AGAIN_AFTER_MS = 5 * 60_000;

/** What is known of the current episode of a group. */
export interface EpisodeState {
  readonly state: 'firing' | 'resolved';
  readonly resolvedAt: number | undefined;
  readonly lastRunAt: number | undefined;
  /** Known alerts; those that are not in the delivery may be left out. */
  readonly alerts: readonly Alert[];
  /** Firing alerts of the group that are left out of `alerts`. Default 0. */
  readonly othersFiring?: number;
}

export type EpisodeChange =
  /** Resolved alerts of a group that nobody saw firing: there is no message to change. */
  | { readonly kind: 'none'; readonly reason: 'resolved_without_firing' }
  /** `supersedes`: the episode before was never said to be over, but all that fired in it fires anew. */
  | { readonly kind: 'open'; readonly alerts: readonly Alert[]; readonly supersedes: boolean }
  | {
      readonly kind: 'update';
      readonly alerts: readonly Alert[];
      readonly state: 'firing' | 'resolved';
      readonly transition: 'resolved' | 'reopened' | 'changed';
      readonly startRun: boolean;
    };

/** Decides what alerts mean for their group: a new episode, a change of the current one, or nothing. Pure. */
export function nextEpisode(
  current: EpisodeState | undefined,
  incoming: readonly Alert[],
  now: number,
): EpisodeChange {
  const anyFiring = incoming.some(isFiring);
  const over = current?.state === 'resolved' && now - (current.resolvedAt ?? 0) > REOPEN_WITHIN_MS;
  const supersedes = current?.state === 'firing' && firesAnew(current, incoming);
  if (current === undefined || over || supersedes) {
    return anyFiring
      ? { kind: 'open', alerts: mergeAlerts([], incoming), supersedes }
      : { kind: 'none', reason: 'resolved_without_firing' };
  }
  const alerts = mergeAlerts(current.alerts, incoming);
  const { othersFiring = 0 } = current;
  const state = othersFiring > 0 || alerts.some(isFiring) ? 'firing' : 'resolved';
  const rested = now - (current.lastRunAt ?? 0) >= RUN_AGAIN_AFTER_MS;
  if (current.state === 'firing' && state === 'resolved') {
    return { kind: 'update', alerts, state, transition: 'resolved', startRun: false };
  }
  if (current.state === 'resolved' && state === 'firing') {
    return { kind: 'update', alerts, state, transition: 'reopened', startRun: rested };
  }
  return {
    kind: 'update',
    alerts,
    state,
    transition: 'changed',
    startRun: rested && addsFiring(current.alerts, incoming),
  };
}

/** The newest state of each alert by fingerprint; what is as old as the known state replaces it, what is older does not. */
function mergeAlerts(known: readonly Alert[], incoming: readonly Alert[]): readonly Alert[] {
  const newest = new Map(known.map((alert) => [alert.fingerprint, alert]));
  for (const alert of incoming) {
    const before = newest.get(alert.fingerprint);
    if (before === undefined || alert.startsAt > before.startsAt || isNewerState(before, alert)) {
      newest.set(alert.fingerprint, alert);
    }
  }
  return [...newest.values()];
}

/** Within one firing (same start) resolved is final: a late copy of `firing` must not open it again. */
function isNewerState(before: Alert, next: Alert): boolean {
  return next.startsAt === before.startsAt && !(before.status === 'resolved' && next.status === 'firing');
}

function addsFiring(known: readonly Alert[], incoming: readonly Alert[]): boolean {
  const firingSince = new Map(
    known.filter(isFiring).map(({ fingerprint, startsAt }) => [fingerprint, startsAt]),
  );
  return incoming.some(
    (alert) =>
      isFiring(alert) && alert.startsAt > (firingSince.get(alert.fingerprint) ?? Number.NEGATIVE_INFINITY),
  );
}

/**
 * True when every alert that is known to fire fires with a much later start: it was over in between, and the sender
 * did not say so (`send_resolved: false`, a silence, a lost sender).
 */
function firesAnew({ alerts, othersFiring = 0 }: EpisodeState, incoming: readonly Alert[]): boolean {
  const firing = alerts.filter(isFiring);
  if (othersFiring > 0 || firing.length === 0) return false;
  const startsAt = new Map(incoming.filter(isFiring).map((alert) => [alert.fingerprint, alert.startsAt]));
  return firing.every((alert) => (startsAt.get(alert.fingerprint) ?? 0) > alert.startsAt + REOPEN_WITHIN_MS);
}

function isFiring({ status }: Alert): boolean {
  return status === 'firing';
}
