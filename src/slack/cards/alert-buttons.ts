import type { AlertCard } from '../../engine/ports/renderer.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import type { Block } from '../blocks/builders.ts';
import { button, linkButtons, menu } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { endButton } from './silence-card.ts';

const SILENCE_FOR = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['24h', '24 hours'],
] as const;

/** Only what can be pressed now: nobody acknowledges twice, and nothing runs again while it runs. */
export function alertButtons(card: AlertCard, options: RendererOptions): readonly Block[] {
  const { group, progress, report, failure, now } = card;
  const open = group.state === 'firing' && group.acknowledgedBy === undefined;
  const settled = progress === undefined && (report !== undefined || failure !== undefined);
  const value = toActionValue({
    groupId: group.id,
    version: group.version,
    playbook: group.playbook,
    service: group.service,
  });
  const subject = {
    service: group.service,
    from: group.startedAt,
    to: group.resolvedAt ?? now,
    focus: report?.focus,
    // Prometheus does not know the alerts of the monitor.
    alertname: group.sender === 'perfbot' ? undefined : group.labels.alertname,
  };
  return [
    ...(open ? button({ label: 'Acknowledge', actionId: ACTIONS.acknowledge, value, style: 'primary' }) : []),
    ...(settled ? button({ label: 'Run again', actionId: ACTIONS.runAgain, value }) : []),
    ...(group.state === 'firing' ? silenceChoice(card) : []),
    ...linkButtons([...group.links, ...(options.links?.(subject) ?? [])]),
  ];
}

/** For how long more alerts like these are held back, or the way back. */
function silenceChoice({ group, silence }: AlertCard): readonly Block[] {
  if (silence !== undefined) return endButton({ groupId: group.id });
  return menu({
    placeholder: 'Silence …',
    actionId: ACTIONS.silence,
    entries: SILENCE_FOR.map(([duration, label]) => ({
      label: `Silence for ${label}`,
      value: toActionValue({ groupId: group.id, duration }) ?? '',
    })),
  });
}
