import type { AlertCard } from '../../engine/ports/renderer.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import type { Block } from '../blocks/builders.ts';
import { button, linkButtons } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';

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
    alertname: group.labels.alertname,
  };
  return [
    ...(open ? button({ label: 'Acknowledge', actionId: ACTIONS.acknowledge, value, style: 'primary' }) : []),
    ...(settled ? button({ label: 'Run again', actionId: ACTIONS.runAgain, value }) : []),
    ...linkButtons([...group.links, ...(options.links?.(subject) ?? [])]),
  ];
}
