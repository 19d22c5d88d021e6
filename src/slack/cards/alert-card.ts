import { unheardText } from '../../core/alert/unheard.ts';
import type { AlertGroup } from '../../engine/ports/group-store.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import type { AlertCard } from '../../engine/ports/renderer.ts';
import { actions, blocks, context, header, section } from '../blocks/builders.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { oneLine } from '../text/clean-text.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { elapsed, plainTime, renderTime } from '../text/times.ts';
import { alertButtons } from './alert-buttons.ts';
import { alertState } from './alert-state.ts';
import { mention } from './mention.ts';
import { progressLine } from './progress-line.ts';
import { reportLines } from './report-lines.ts';
import { reasonLine, untilText } from './silence-card.ts';

const MOST_LABELS = 6;
/** What a header can carry beside the state. */
const TITLE_LENGTH = 120;

/** The channel message of an alert group in every state: firing, looking, diagnosed, acknowledged, resolved. */
export function renderAlertCard(card: AlertCard, key: string, options: RendererOptions): MessageContent {
  const { group } = card;
  const title = titleOf(card);
  const lines = [...unheardLine(group), ...stateLines(card, options.timezone)];
  const counts = countsOf(group);
  const since = (time: Mrkdwn) => sinceLine(card, time);
  const silenced = silencedLine(card, options.timezone);
  const acknowledged = acknowledgedLine(group, (at) => renderTime(at, options.timezone));
  return {
    text: messageText([
      inline(title, 400),
      ...lines,
      since(inline(plainTime(group.startedAt, options.timezone))),
      counts,
      acknowledged,
      silenced,
    ]),
    blocks: blocks(
      header(title),
      oneLine(group.title).length > TITLE_LENGTH ? section(inline(group.title, 1_500)) : undefined,
      ...lines.map(section),
      context(since(renderTime(group.startedAt, options.timezone)), counts, labelsOf(group)),
      acknowledged.mrkdwn === '' ? undefined : context(acknowledged),
      silenced.mrkdwn === '' ? undefined : context(silenced),
      actions(alertButtons(card, options)),
    ),
    metadata: {
      event_type: 'perfbot_alert',
      event_payload: {
        part: 'card',
        key,
        group_id: group.id,
        ...(group.lastRunId !== undefined && { run_id: group.lastRunId }),
      },
    },
  };
}

function titleOf({ group }: AlertCard): string {
  return [alertState(group), group.title, ...(group.service === undefined ? [] : [group.service])].join(
    ' · ',
  );
}

function stateLines(card: AlertCard, timezone: string): readonly Mrkdwn[] {
  const { group, progress, report, failure } = card;
  const summary = group.annotations.summary ?? group.annotations.description;
  const told = summary === undefined ? [] : [inline(summary, 500)];
  if (report !== undefined) {
    const past = group.resolvedAt !== undefined && report.startedAt < group.resolvedAt;
    return [
      ...reportLines(report, { timezone, past }),
      ...(progress === undefined ? [] : [progressLine(progress)]),
    ];
  }
  if (failure !== undefined) return [mrkdwn`Could not look for the cause: ${inline(failure, 500)}`, ...told];
  if (group.state === 'resolved') return told;
  if (progress === undefined && group.playbook === undefined) {
    return [mrkdwn`No playbook fits this alert: /perf playbooks lists them.`, ...told];
  }
  return [progressLine(progress), ...told];
}

function unheardLine({ unheardMs }: AlertGroup): readonly Mrkdwn[] {
  return unheardMs === undefined ? [] : [mrkdwn`${unheardText(unheardMs)}`];
}

function sinceLine({ group, now }: AlertCard, time: Mrkdwn): Mrkdwn {
  const lasted = elapsed(group.startedAt, group.resolvedAt ?? now);
  const reopened =
    group.reopened > 0 ? `, opened again ${group.reopened === 1 ? 'once' : `${group.reopened} times`}` : '';
  if (group.unheardMs !== undefined)
    return mrkdwn`Fired from ${time}, last heard of ${lasted} later${reopened}`;
  return group.state === 'resolved'
    ? mrkdwn`Lasted ${lasted}, from ${time}${reopened}`
    : mrkdwn`Firing since ${time} (${lasted})${reopened}`;
}

function countsOf({ firing, resolved, truncated }: AlertGroup): Mrkdwn {
  const several = firing + resolved > 1 ? `${firing} firing, ${resolved} resolved` : '';
  const left = truncated > 0 ? `${truncated} more alerts were left out by the sender` : '';
  return joinMrkdwn([inline(several), inline(left)], ', ');
}

function acknowledgedLine(group: AlertGroup, time: (at: number) => Mrkdwn): Mrkdwn {
  if (group.acknowledgedBy === undefined) return inline('');
  const who = mention(group.acknowledgedBy);
  if (group.acknowledgedAt === undefined) return mrkdwn`👀 Acknowledged by ${who}`;
  return mrkdwn`👀 Acknowledged by ${who} at ${time(group.acknowledgedAt)}`;
}

/** While it fires: what is over needs no silence any more. */
function silencedLine({ group, silence }: AlertCard, timezone: string): Mrkdwn {
  if (silence === undefined || group.state === 'resolved') return inline('');
  const until = mrkdwn`🔕 Silenced ${untilText(silence, timezone)} by ${mention(silence.createdBy)}`;
  return joinMrkdwn([until, reasonLine(silence)], ' · ');
}

/** Where the inventory knows no service, the labels are all there is to go by. */
function labelsOf({ service, labels }: AlertGroup): Mrkdwn {
  if (service !== undefined) return inline('');
  const all = Object.entries(labels);
  const shown = all.slice(0, MOST_LABELS).map(([name, value]) => inline(`${name}=${value}`, 100));
  const more = all.length > shown.length ? [mrkdwn`${all.length - shown.length} more labels`] : [];
  return joinMrkdwn([...shown, ...more], ', ');
}
