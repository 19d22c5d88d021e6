import type { Alert } from '../../core/alert/alert.ts';
import { type EpisodeChange, type EpisodeState, nextEpisode } from '../../core/alert/episode.ts';
import { labelSeverity } from '../../core/alert/severity.ts';
import type { Service } from '../../core/inventory/service.ts';
import { worst } from '../../core/severity.ts';
import type { StoredDelivery } from '../ports/alert-store.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';
import type { Stores } from '../ports/stores.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';
import { createAlertRun } from './create-alert-run.ts';
import type { IncomingGroup } from './group-alerts.ts';
import { openGroup } from './open-group.ts';
import type { DropReason } from './pipeline.ts';
import { tellTransition } from './tell-transition.ts';

export interface HandleGroupOptions {
  readonly playbooks: Playbooks;
  readonly renderer: Renderer;
  readonly cards: CardWriter;
  /** Channel for groups without a route of their own. */
  readonly channel: string;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
  onDrop(reason: DropReason, count: number): void;
}

/** What the deliveries of one transaction have changed; it is written once at the end. */
export interface Changes {
  /** By id. */
  readonly groups: Map<string, { readonly group: AlertGroup; readonly urgent: boolean }>;
  /** The newest episode of each identity, once it is locked. */
  readonly episodes: Map<string, Episode>;
}

interface Episode {
  readonly group: AlertGroup;
  readonly lastRunAt: number | undefined;
}

export interface GroupInput {
  readonly delivery: StoredDelivery;
  readonly incoming: IncomingGroup;
  readonly services: readonly Service[];
  readonly changes: Changes;
}

/** Brings the alerts of one group to their episode, in the caller's transaction. Answers the id of the run that it created, if any. */
export async function handleGroup(
  options: HandleGroupOptions,
  stores: Stores,
  input: GroupInput,
): Promise<string | undefined> {
  const { delivery, incoming, changes } = input;
  const episode = changes.episodes.get(incoming.identity) ?? (await newestEpisode(stores, incoming.identity));
  const known = episode === undefined ? [] : await knownAlerts(stores, episode.group, incoming);
  const change = nextEpisode(episode && stateOf(episode, known), incoming.alerts, options.now());
  if (change.kind === 'none') {
    options.log.info(
      { deliveryId: delivery.id, identity: incoming.identity, reason: change.reason },
      'alerts dropped',
    );
    options.onDrop(change.reason, incoming.alerts.length);
    return undefined;
  }
  if (change.kind === 'open' || episode === undefined) {
    if (episode && change.kind === 'open' && change.supersedes)
      await closeSuperseded(options, stores, { current: episode.group, changes });
    return openEpisode(options, stores, input);
  }
  return updateEpisode(options, stores, { ...input, episode, known, change });
}

async function newestEpisode(stores: Stores, identity: string): Promise<Episode | undefined> {
  const group = await stores.groups.lockNewest(identity);
  const lastRun = group?.lastRunId === undefined ? undefined : await stores.runs.get(group.lastRunId);
  return group && { group, lastRunAt: lastRun?.createdAt };
}

/** Only what the incoming alerts touch is read: a group may hold thousands. */
function knownAlerts(
  stores: Stores,
  group: AlertGroup,
  { alerts }: IncomingGroup,
): Promise<readonly Alert[]> {
  return stores.groups.alerts(group.id, [...new Set(alerts.map(({ fingerprint }) => fingerprint))]);
}

function stateOf({ group, lastRunAt }: Episode, known: readonly Alert[]): EpisodeState {
  return {
    state: group.state,
    resolvedAt: group.resolvedAt,
    lastRunAt,
    alerts: known,
    othersFiring: group.firing - firingIn(known),
  };
}

function firingIn(alerts: readonly Alert[]): number {
  return alerts.filter(({ status }) => status === 'firing').length;
}

async function openEpisode(
  options: HandleGroupOptions,
  stores: Stores,
  { delivery, incoming, services, changes }: GroupInput,
): Promise<string | undefined> {
  const { newId, playbooks, channel } = options;
  const group = openGroup({ id: newId(), delivery, incoming, services, playbooks, channel });
  await stores.groups.save(group);
  await stores.groups.saveAlerts(group.id, incoming.alerts);
  const counts = await stores.groups.countAlerts(group.id);
  const run = await createAlertRun(options, stores, group);
  const saved = { ...group, ...counts, truncated: delivery.truncatedAlerts, version: 1, lastRunId: run };
  remember(changes, { group: saved, lastRunAt: run === undefined ? undefined : options.now() }, true);
  if (delivery.silencedUntil !== undefined) {
    const text = 'It was silenced until now, and it still fires.';
    await putNote({ ...options, stores }, { group: saved, name: `unsilenced-${delivery.id}`, text });
  }
  return run;
}

async function updateEpisode(
  options: HandleGroupOptions,
  stores: Stores,
  {
    delivery,
    incoming,
    changes,
    episode,
    known,
    change,
  }: GroupInput & {
    readonly episode: Episode;
    readonly known: readonly Alert[];
    readonly change: Extract<EpisodeChange, { kind: 'update' }>;
  },
): Promise<string | undefined> {
  const { group: current } = episode;
  await stores.groups.saveAlerts(current.id, incoming.alerts);
  const firing = incoming.alerts.filter(({ status }) => status === 'firing');
  const run = change.startRun ? await createAlertRun(options, stores, current) : undefined;
  const saved: AlertGroup = {
    ...current,
    firing: current.firing - firingIn(known) + firingIn(change.alerts),
    resolved:
      current.resolved - (known.length - firingIn(known)) + (change.alerts.length - firingIn(change.alerts)),
    state: change.state,
    resolvedAt: change.state === 'resolved' ? endOf(change.alerts, options.now()) : undefined,
    severity: worst([current.severity, ...firing.map(({ labels }) => labelSeverity(labels))]),
    truncated: delivery.truncatedAlerts,
    reopened: current.reopened + (change.transition === 'reopened' ? 1 : 0),
    version: current.version + 1,
    ...(run !== undefined && { lastRunId: run }),
  };
  const lastRunAt = run === undefined ? episode.lastRunAt : options.now();
  remember(changes, { group: saved, lastRunAt }, change.transition !== 'changed');
  await tellTransition({ ...options, stores }, { group: saved, transition: change.transition, incoming });
  return run;
}

function remember({ groups, episodes }: Changes, episode: Episode, urgent: boolean): void {
  const { group } = episode;
  groups.set(group.id, { group, urgent: urgent || groups.get(group.id)?.urgent === true });
  episodes.set(group.identity, episode);
}

/** When the last of the alerts ended; never later than now, whatever the clock of the sender says. */
function endOf(alerts: Extract<EpisodeChange, { kind: 'update' }>['alerts'], now: number): number {
  const last = alerts.reduce((latest, { endsAt = 0 }) => Math.max(latest, endsAt), 0);
  return last === 0 ? now : Math.min(now, last);
}

async function closeSuperseded(
  options: HandleGroupOptions,
  stores: Stores,
  { current, changes }: { readonly current: AlertGroup; readonly changes: Changes },
): Promise<void> {
  const closed: AlertGroup = {
    ...current,
    state: 'resolved',
    firing: 0,
    resolved: current.firing + current.resolved,
    resolvedAt: options.now(),
    version: current.version + 1,
  };
  remember(changes, { group: closed, lastRunAt: undefined }, true);
  const text = 'Over, though nobody said so: it fires anew in a message of its own.';
  await putNote({ ...options, stores }, { group: closed, name: `superseded-${closed.version}`, text });
}
