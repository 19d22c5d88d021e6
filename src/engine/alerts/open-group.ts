import { alertTitle, labelSeverity } from '../../core/alert/severity.ts';
import { findService, type Service } from '../../core/inventory/service.ts';
import { playbookForAlert } from '../../core/playbook/match-alert.ts';
import { worst } from '../../core/severity.ts';
import type { StoredDelivery } from '../ports/alert-store.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { IncomingGroup } from './group-alerts.ts';

export interface OpenGroupInput {
  readonly id: string;
  readonly delivery: StoredDelivery;
  readonly incoming: IncomingGroup;
  readonly services: readonly Service[];
  readonly playbooks: Playbooks;
  readonly channel: string;
}

/** A new episode of a group, before its alerts are counted: what it is called, whose it is, and who looks at it. Pure. */
export function openGroup({
  id,
  delivery,
  incoming,
  services,
  playbooks,
  channel,
}: OpenGroupInput): AlertGroup {
  const alert = incoming.alerts.find(({ status }) => status === 'firing') ?? incoming.alerts[0];
  const labels = alert?.labels ?? incoming.labels;
  return {
    id,
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
    startedAt: incoming.alerts.reduce(
      (first, { startsAt }) => Math.min(first, startsAt),
      Number.POSITIVE_INFINITY,
    ),
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
