import { type EpisodeChange, nextEpisode } from '../../core/alert/episode.ts';
import { labelSeverity } from '../../core/alert/severity.ts';
import type { Service } from '../../core/inventory/service.ts';
import { worst } from '../../core/severity.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';
import type { AlertGroup, StoredDelivery, Stores } from '../ports/stores.ts';
import { newRun } from '../runs/new-run.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';
import type { IncomingGroup } from './group-alerts.ts';
import { openGroup } from './open-group.ts';
import type { DropReason } from './pipeline.ts';

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

/** Groups that changed, by id: their messages are written once at the end. */
export type TouchedGroups = Map<string, { readonly group: AlertGroup; readonly urgent: boolean }>;

export interface GroupInput {
  readonly delivery: StoredDelivery;
  readonly incoming: IncomingGroup;
  readonly services: readonly Service[];
  readonly touched: TouchedGroups;
}

/** Brings the alerts of one group to their episode, in the caller's transaction. Answers the id of the run that it created, if any. */
export async function handleGroup(
  options: HandleGroupOptions,
  stores: Stores,
  input: GroupInput,
): Promise<string | undefined> {
  const { delivery, incoming } = input;
  const current = await stores.groups.lockNewest(incoming.identity);
  const change = nextEpisode(
    current && (await episodeOf(stores, current, incoming)),
    incoming.alerts,
    options.now(),
  );
  if (change.kind === 'none') {
    options.log.info(
      { deliveryId: delivery.id, identity: incoming.identity, reason: change.reason },
      'alerts dropped',
    );
    options.onDrop(change.reason, incoming.alerts.length);
    return undefined;
  }
  if (change.kind === 'open' || current === undefined) {
    if (current && change.kind === 'open' && change.supersedes)
      await closeSuperseded(options, stores, { current, touched: input.touched });
    return openEpisode(options, stores, input);
  }
  return updateEpisode(options, stores, { ...input, current, change });
}

/** Only what the incoming alerts touch is read: a group may hold thousands. */
async function episodeOf(stores: Stores, current: AlertGroup, { alerts }: IncomingGroup) {
  const known = await stores.groups.alerts(current.id, [
    ...new Set(alerts.map(({ fingerprint }) => fingerprint)),
  ]);
  const lastRun = current.lastRunId === undefined ? undefined : await stores.runs.get(current.lastRunId);
  return {
    state: current.state,
    resolvedAt: current.resolvedAt,
    lastRunAt: lastRun?.createdAt,
    alerts: known,
    othersFiring: current.firing - known.filter(({ status }) => status === 'firing').length,
  };
}

async function openEpisode(
  options: HandleGroupOptions,
  stores: Stores,
  { delivery, incoming, services, touched }: GroupInput,
): Promise<string | undefined> {
  const { newId, playbooks, channel } = options;
  const group = openGroup({ id: newId(), delivery, incoming, services, playbooks, channel });
  await stores.groups.save(group);
  await stores.groups.saveAlerts(group.id, incoming.alerts);
  const counts = await stores.groups.countAlerts(group.id);
  const run = await createRun(options, stores, group);
  const saved = { ...group, ...counts, truncated: delivery.truncatedAlerts, version: 1, lastRunId: run };
  await stores.groups.save(saved);
  touch(touched, saved, true);
  return run;
}

async function updateEpisode(
  options: HandleGroupOptions,
  stores: Stores,
  {
    delivery,
    incoming,
    touched,
    current,
    change,
  }: GroupInput & {
    readonly current: AlertGroup;
    readonly change: Extract<EpisodeChange, { kind: 'update' }>;
  },
): Promise<string | undefined> {
  await stores.groups.saveAlerts(current.id, incoming.alerts);
  const counts = await stores.groups.countAlerts(current.id);
  const firing = incoming.alerts.filter(({ status }) => status === 'firing');
  const run = change.startRun ? await createRun(options, stores, current) : undefined;
  const saved: AlertGroup = {
    ...current,
    ...counts,
    state: change.state,
    resolvedAt: change.state === 'resolved' ? endOf(change.alerts, options.now()) : undefined,
    severity: worst([current.severity, ...firing.map(({ labels }) => labelSeverity(labels))]),
    truncated: delivery.truncatedAlerts,
    reopened: current.reopened + (change.transition === 'reopened' ? 1 : 0),
    version: current.version + 1,
    ...(run !== undefined && { lastRunId: run }),
  };
  await stores.groups.save(saved);
  touch(touched, saved, change.transition !== 'changed');
  if (change.transition !== 'changed') await tellTransition(options, stores, saved, change.transition);
  return run;
}

function touch(touched: TouchedGroups, group: AlertGroup, urgent: boolean): void {
  touched.set(group.id, { group, urgent: urgent || touched.get(group.id)?.urgent === true });
}

/** When the last of the alerts ended; never later than now, whatever the clock of the sender says. */
function endOf(alerts: Extract<EpisodeChange, { kind: 'update' }>['alerts'], now: number): number {
  const last = alerts.reduce((latest, { endsAt = 0 }) => Math.max(latest, endsAt), 0);
  return last === 0 ? now : Math.min(now, last);
}

async function createRun(
  { newId, playbooks, now, log }: HandleGroupOptions,
  stores: Stores,
  group: AlertGroup,
): Promise<string | undefined> {
  const playbook = group.playbook === undefined ? undefined : playbooks.get(group.playbook);
  if (playbook === undefined) {
    log.warn({ groupId: group.id }, 'no playbook matches the alert and none is the fallback');
    return undefined;
  }
  const trigger = { kind: 'alert', groupId: group.id } as const;
  const run = newRun({ id: newId(), playbook, service: group.service, trigger, now: now() });
  await stores.runs.create(run);
  return run.id;
}

async function closeSuperseded(
  options: HandleGroupOptions,
  stores: Stores,
  { current, touched }: { readonly current: AlertGroup; readonly touched: TouchedGroups },
): Promise<void> {
  const closed: AlertGroup = {
    ...current,
    state: 'resolved',
    firing: 0,
    resolved: current.firing + current.resolved,
    resolvedAt: options.now(),
    version: current.version + 1,
  };
  await stores.groups.save(closed);
  touch(touched, closed, true);
  const text = 'Over, though nobody said so: it fires anew in a message of its own.';
  await putNote({ ...options, stores }, { group: closed, name: `superseded-${closed.version}`, text });
}

async function tellTransition(
  { renderer, now }: HandleGroupOptions,
  stores: Stores,
  group: AlertGroup,
  transition: 'resolved' | 'reopened',
): Promise<void> {
  const text =
    transition === 'resolved'
      ? 'Resolved.'
      : `Firing again, ${group.reopened === 1 ? 'once' : `${group.reopened} times`} in this thread.`;
  await putNote({ renderer, now, stores }, { group, name: `${transition}-${group.version}`, text });
}
