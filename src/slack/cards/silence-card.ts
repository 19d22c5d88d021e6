import { formatMatchers } from '../../core/alert/matcher.ts';
import type { Silence } from '../../core/alert/silence.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import type { SilenceCard } from '../../engine/ports/renderer.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, context, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime } from '../text/times.ts';
import { mention } from './mention.ts';

/** The channel message of a silence: what it holds back, until when, who and why; edited when it is over. */
export function renderSilenceCard(
  { silence, now, matching }: SilenceCard,
  key: string,
  { timezone }: RendererOptions,
): MessageContent {
  const over = silence.endedAt !== undefined || silence.endsAt <= now;
  const what = mrkdwn`*${inline(formatMatchers(silence.matchers), 600)}*`;
  const lines = over
    ? [mrkdwn`🔔 Silence is over: ${what}`, endLine(silence, timezone)]
    : [
        mrkdwn`🔕 Silenced ${untilText(silence, timezone)}: ${what}`,
        reasonLine(silence),
        matchingLine(matching),
      ];
  const said = lines.filter(({ mrkdwn: text }) => text !== '');
  const author = mrkdwn`by ${mention(silence.createdBy)}, id ${inline(silence.id, 40)}`;
  return {
    text: messageText([...said, author]),
    blocks: blocks(
      section(joinMrkdwn(said, '\n')),
      context(author),
      over ? undefined : actions(endButton({ silenceId: silence.id })),
    ),
    metadata: {
      event_type: 'perfbot_reply',
      event_payload: { part: 'silence', key, group_id: silence.id },
    },
  };
}

/** `until 14:30`, in the reader's zone. */
export function untilText({ endsAt }: Silence, timezone: string): Mrkdwn {
  return mrkdwn`until ${renderTime(endsAt, timezone)}`;
}

export function endButton(
  value: { readonly silenceId: string } | { readonly groupId: string },
): readonly Block[] {
  return button({ label: 'End silence', actionId: ACTIONS.silenceEnd, value: toActionValue(value) });
}

/** Why, in the words of the person; nothing when they gave no reason. */
export function reasonLine({ reason }: Silence): Mrkdwn {
  return reason === '' ? inline('') : mrkdwn`Reason: ${inline(reason, 400)}`;
}

function matchingLine(matching: number | undefined): Mrkdwn {
  if (matching === undefined) return inline('');
  if (matching === 0) return inline('Nothing that fires now matches it.');
  return inline(
    matching === 1
      ? 'One alert that fires now matches it; its message stays.'
      : `${matching} alerts that fire now match it; their messages stay.`,
  );
}

function endLine({ endedBy, endedAt, endsAt }: Silence, timezone: string): Mrkdwn {
  const at = renderTime(endedAt ?? endsAt, timezone);
  return endedBy === undefined ? mrkdwn`Ended ${at}` : mrkdwn`Ended ${at} by ${mention(endedBy)}`;
}
