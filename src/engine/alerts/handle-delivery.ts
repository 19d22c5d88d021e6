import { nextEpisode } from '../../core/alert/episode.ts';
import { alertTitle, labelSeverity } from '../../core/alert/severity.ts';
import { findService, type Service } from '../../core/inventory/service.ts';
import { playbookForAlert } from '../../core/playbook/match-alert.ts';
import { worst } from '../../core/severity.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';
import type { AlertGroup, Database, StoredDelivery, Stores } from '../ports/stores.ts';
import { newRun } from '../runs/new-run.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';
import { groupAlerts, type IncomingGroup } from './group-alerts.ts';
import { type DropReason, pipeline } from './pipeline.ts';
import { deduplicateStage } from './stages/deduplicate.ts';

export interface HandleDeliveryOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly playbooks: Playbooks;
  readonly queue: JobQueue;
  readonly renderer: Renderer;
  readonly cards: CardWriter;
  /** Channel for groups without a route of their own. */
  readonly channel: string;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
  onDrop(reason: DropReason, count: number): void;
}

/** The alert path: every stage in its order. */
const STAGES = pipeline([deduplicateStage]);

/** Brings the alerts of a stored delivery to their groups, starts runs and updates messages, all or nothing. Repeatable. */
export function handleDelivery(options: HandleDeliveryOptions): (deliveryId: string) => Promise<void> {
  const { database, inventory, queue, now, log, onDrop } = options;
  return async (deliveryId) => {
    const services = await inventory.services();
    const runIds = await database.transaction(async (stores) => {
      const delivery = await stores.alerts.lockDelivery(deliveryId);
      if (delivery === undefined || delivery.handled) return [];
      const { alerts, dropped } = STAGES(delivery.alerts);
      for (const { alert, reason } of dropped) {
        log.info({ deliveryId, fingerprint: alert.fingerprint, reason }, 'alert dropped');
        onDrop(reason, 1);
      }
      const started: string[] = [];
      for (const incoming of groupAlerts(delivery, alerts)) {
        const runId = await handleGroup(options, stores, { delivery, incoming, services });
        if (runId !== undefined) started.push(runId);
      }
      await stores.alerts.markHandled(deliveryId, now());
      return started;
    });
    for (const runId of runIds) await queue.enqueue('start_run', { runId }, { key: runId });
    await queue.enqueue('deliver', {});
  };
}

interface GroupInput {
  readonly delivery: StoredDelivery;
  readonly incoming: IncomingGroup;
  readonly services: readonly Service[];
}

/** Answers the id of the run that it created, if any. */
async function handleGroup(
  options: HandleDeliveryOptions,
  stores: Stores,
  input: GroupInput,
): Promise<string | undefined> {
  const { now, log, onDrop } = options;
  const { delivery, incoming } = input;
  const current = await stores.groups.lockNewest(incoming.identity);
  const lastRun = current?.lastRunId === undefined ? undefined : await stores.runs.get(current.lastRunId);
  const change = nextEpisode(
    current && {
      state: current.state,
      resolvedAt: current.resolvedAt,
      lastRunAt: lastRun?.createdAt,
      alerts: await stores.groups.alerts(current.id),
    },
    incoming.alerts,
    now(),
  );
  if (change.kind === 'none') {
    log.info(
      { deliveryId: delivery.id, identity: incoming.identity, reason: change.reason },
      'alerts dropped',
    );
    onDrop(change.reason, incoming.alerts.length);
    return undefined;
  }
  const fresh = change.kind === 'open' || current === undefined;
  const base = fresh ? openGroup(options, input) : current;
  const group = {
    ...base,
    ...countsOf(change, now()),
    truncated: delivery.truncatedAlerts,
    version: base.version + 1,
  };
  if (change.kind === 'update' && change.transition === 'reopened') group.reopened += 1;
  const run = change.kind === 'open' || change.startRun ? await createRun(options, stores, group) : undefined;
  const saved: AlertGroup = { ...group, ...(run !== undefined && { lastRunId: run }) };
  await stores.groups.save(saved);
  await stores.groups.saveAlerts(saved.id, incoming.alerts);
  await options.cards.group(stores, saved, {
    urgent: change.kind === 'open' || change.transition !== 'changed',
  });
  if (change.kind === 'update' && change.transition !== 'changed')
    await tellTransition(options, stores, saved, change.transition);
  return run;
}

function openGroup(
  { newId, playbooks, channel }: HandleDeliveryOptions,
  { delivery, incoming, services }: GroupInput,
): AlertGroup {
  const alert = incoming.alerts.find(({ status }) => status === 'firing') ?? incoming.alerts[0];
  const labels = alert?.labels ?? incoming.labels;
  return {
    id: newId(),
    identity: incoming.identity,
    sender: delivery.sender,
    title: alertTitle({ labels, annotations: alert?.annotations ?? {} }),
    severity: worst(incoming.alerts.map((member) => labelSeverity(member.labels))),
    service: findService(services, labels)?.name,
    playbook: playbookForAlert(playbooks.all(), labels)?.name,
    state: 'firing',
    channel,
    labels: incoming.labels,
    annotations: incoming.annotations,
    links: linksOf(incoming, delivery.externalUrl),
    firing: 0,
    resolved: 0,
    truncated: 0,
    startedAt: Math.min(...incoming.alerts.map(({ startsAt }) => startsAt)),
    resolvedAt: undefined,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    reopened: 0,
    lastRunId: undefined,
    version: 0,
  };
}

function linksOf({ alerts }: IncomingGroup, externalUrl: string | undefined): AlertGroup['links'] {
  const links = alerts.flatMap(({ links: own = [], generatorUrl }) => [
    ...(generatorUrl === undefined ? [] : [{ title: 'Source of the alert', url: generatorUrl }]),
    ...own,
  ]);
  if (externalUrl !== undefined) links.push({ title: 'Alertmanager', url: externalUrl });
  return [...new Map(links.map((link) => [link.url, link])).values()].slice(0, 5);
}

function countsOf(change: Exclude<ReturnType<typeof nextEpisode>, { kind: 'none' }>, now: number) {
  const firing = change.alerts.filter(({ status }) => status === 'firing').length;
  const state = firing > 0 ? ('firing' as const) : ('resolved' as const);
  const ends = change.alerts.flatMap(({ endsAt }) => (endsAt === undefined ? [] : [endsAt]));
  const resolvedAt = state === 'resolved' ? Math.min(now, Math.max(...ends, 0) || now) : undefined;
  return { state, firing, resolved: change.alerts.length - firing, resolvedAt };
}

async function createRun(
  { newId, playbooks, now, log }: HandleDeliveryOptions,
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

async function tellTransition(
  { renderer, now }: HandleDeliveryOptions,
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
